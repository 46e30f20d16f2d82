import * as v from 'valibot';
import type { UsageEvent } from '#server/modules/usage/index.ts';
import { Invalid, type Issue } from '#server/platform/errors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { fault } from '../body.ts';
import { CloudEvent, isText, isUriReference, longestBatch } from './schema.ts';
import { readTime } from './time.ts';

/** Faults that are looked for in a batch: enough to mend it by. */
const longestList = 100;

/**
 * Events of a batch in the JSON format.
 * @throws Invalid with each fault of the batch; Expected for what is no batch at all
 */
export function readBatch(batch: unknown): UsageEvent[] {
	if (!Array.isArray(batch)) throw fault('not_a_batch', 400, 'A batch is a JSON array of events.');
	if (batch.length === 0) throw fault('empty_batch', 400, 'A batch has at least one event.');
	if (batch.length > longestBatch)
		throw fault('too_many_events', 413, 'A batch has at most 1,000 events.');
	const now = runtime().clock.now().getTime();
	const events: UsageEvent[] = [];
	const issues: Issue[] = [];
	for (const [index, item] of batch.entries()) {
		const event = readEvent(item, now);
		if (!Array.isArray(event)) events.push(event);
		else if (issues.length < longestList)
			for (const issue of event) issues.push({ ...issue, index });
	}
	if (issues.length > 0) throw refusal(issues);
	return events;
}

/** @throws Invalid with each fault */
export function readSingle(item: unknown): UsageEvent {
	const event = readEvent(item, runtime().clock.now().getTime());
	if (Array.isArray(event)) throw refusal(event);
	return event;
}

/** @param now what an event without a time is given, in milliseconds since 1970 */
function readEvent(item: unknown, now: number): UsageEvent | Issue[] {
	const usual = isUsual(item);
	if (!usual) {
		const issues = findFaults(item);
		if (issues.length > 0) return issues;
	}
	const event = item as CloudEvent;
	return {
		businessId: event.subject,
		source: event.source,
		id: event.id,
		type: event.type,
		time: event.time == null ? now : (readTime(event.time) ?? now),
		data: event.data,
		attributes: usual ? null : furtherAttributes(event),
		...(event.corrects == null ? {} : { corrects: event.corrects })
	};
}

const counted = new Set([
	'specversion',
	'id',
	'source',
	'type',
	'subject',
	'time',
	'data',
	'corrects'
]);

/** What nothing is counted from, and is kept with the event all the same. */
function furtherAttributes(event: CloudEvent): Record<string, unknown> | null {
	const further = Object.entries(event).filter(
		([name, value]) => !counted.has(name) && value !== null
	);
	return further.length === 0 ? null : Object.fromEntries(further);
}

/**
 * True for most events that the schema takes and for none that it refuses: it only spares the schema,
 * which takes ten times as long (format.test.ts holds the two against each other).
 */
export function isUsual(item: unknown): item is CloudEvent {
	if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
	let required = 0;
	for (const name in item) {
		const value = (item as Record<string, unknown>)[name];
		switch (name) {
			case 'specversion':
				if (value !== '1.0') return false;
				required += 1;
				break;
			case 'id':
			case 'type':
			case 'subject':
				if (!isShortText(value)) return false;
				required += 1;
				break;
			case 'source':
				if (!isShortText(value) || !isUriReference(value)) return false;
				required += 1;
				break;
			case 'time':
				if (typeof value !== 'string' || readTime(value) === null) return false;
				break;
			case 'datacontenttype':
				if (value !== 'application/json') return false;
				break;
			case 'data':
				break;
			default:
				return false;
		}
	}
	return required === 5;
}

function isShortText(value: unknown): value is string {
	return typeof value === 'string' && value !== '' && value.length <= 500 && isText(value);
}

/** What the schema says against an event; nothing when it takes it. */
export function findFaults(item: unknown): Issue[] {
	if (typeof item !== 'object' || item === null || Array.isArray(item))
		return [{ path: '', code: 'not_an_event', message: 'An event is a JSON object.' }];
	const { issues = [] } = v.safeParse(CloudEvent, item, { abortPipeEarly: true });
	return issues.map((issue) => {
		const path = v.getDotPath(issue) ?? '';
		const missing = issue.received === 'undefined' && requiredNames.has(path);
		return {
			path,
			code: missing ? 'missing_attribute' : codeOf(path, issue),
			message: missing ? `The attribute ${path} is missing.` : issue.message
		};
	});
}

const requiredNames = new Set(['specversion', 'id', 'source', 'type', 'subject']);

function codeOf(path: string, issue: v.BaseIssue<unknown>): string {
	if (path === '' || path === 'data_base64') return 'invalid_data';
	if (issue.type === 'raw_check') return 'invalid_attribute_name';
	if (path === 'specversion') return 'unsupported_specversion';
	return path === 'time' ? 'invalid_time' : 'invalid_attribute';
}

/** Faults that all have one code give it to the whole. */
export function refusal(issues: Issue[]): Invalid {
	const codes = new Set(issues.map(({ code }) => code));
	const [code = 'invalid_events'] = codes;
	return new Invalid(issues, codes.size === 1 ? code : 'invalid_events', 400);
}
