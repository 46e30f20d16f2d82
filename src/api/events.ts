import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import { admitEvents, recordEvents, type UsageEvent } from '#server/modules/usage/index.ts';
import { authenticate } from './authentication.ts';
import { isUtf8, parseJson, readBody, readContentType, fault } from './body.ts';
import { readBatch, readSingle } from './cloudevents/format.ts';
import { isBinary, readBinary } from './cloudevents/headers.ts';
import { CloudEvent, CloudEventBatch } from './cloudevents/schema.ts';
import type { Env } from './env.ts';
import { describe, type Noun } from './noun.ts';
import { reply } from './reply.ts';

const structured = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';

export const Counted = v.pipe(
	v.object({
		received: v.pipe(v.number(), v.integer(), v.description('How many came.')),
		new: v.pipe(v.number(), v.integer(), v.description('How many were counted now.')),
		known: v.pipe(
			v.number(),
			v.integer(),
			v.description('How many had been counted before: the same source and id.')
		)
	}),
	v.metadata({ ref: 'Counted' })
);

const event = {
	specversion: '1.0',
	id: '7f0a4c1e',
	source: '/erp/nairobi',
	type: 'example.erp.data.transferred',
	subject: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8',
	time: '2026-11-25T09:00:00Z',
	datacontenttype: 'application/json',
	data: { bytes: 4096, user: 'otieno@mavuno.example', branch: 'Nakuru' }
};

const routes = new Hono<Env>();

routes.post(
	'/events',
	describe({
		id: 'sendEvents',
		summary: 'Send usage',
		description:
			'Takes what a product measured, as CloudEvents 1.0: one event, a batch of up to 1,000, or one event in the headers of the request (`ce-id`, `ce-source`, …) with its data as the body. `subject` is the business. An event counts once, by its source and id, whatever is sent again and whenever: after a failure of any kind, send the same again. The answer comes once everything is stored; a batch is taken whole or not at all. An event that names an earlier one as `corrects` takes its place.',
		takes: {
			[structured]: { schema: CloudEvent, example: event },
			[batched]: {
				schema: CloudEventBatch,
				example: [
					event,
					{ ...event, id: '7f0a4c1f', data: { ...event.data, bytes: 512, branch: 'Eldoret' } }
				]
			},
			'application/json': {
				schema: v.record(v.string(), v.unknown()),
				example: event.data,
				headers: {
					'ce-specversion': event.specversion,
					'ce-id': event.id,
					'ce-source': event.source,
					'ce-type': event.type,
					'ce-subject': event.subject,
					'ce-time': event.time
				}
			}
		},
		gives: {
			description: 'Stored and counted.',
			schema: Counted,
			example: { received: 2, new: 1, known: 1 }
		},
		failures: [
			'not_a_batch',
			'empty_batch',
			'too_many_events',
			'duplicate_header',
			'invalid_header',
			'not_an_event',
			'missing_attribute',
			'invalid_attribute',
			'invalid_attribute_name',
			'unsupported_specversion',
			'invalid_time',
			'invalid_data',
			'invalid_events',
			'unknown_business',
			'unknown_type',
			'time_too_far_ahead',
			'time_too_long_ago',
			'corrects_itself',
			'unknown_original',
			'original_dropped',
			'too_many_corrections',
			'invalid_value',
			'invalid_dimension'
		]
	}),
	authenticate,
	async (c) => {
		admitEvents();
		const { id, productId } = c.get('key');
		return reply(c, await recordEvents(await readEvents(c), { id, productId }));
	}
);

/** The events of a request in any of the three modes of the HTTP binding. */
async function readEvents(c: Context<Env>): Promise<UsageEvent[]> {
	const contentType = readContentType(c.req.header('Content-Type'));
	const json = contentType !== null && isUtf8(contentType);
	if (json && contentType.type === batched) return readBatch(parseJson(await readBody(c)));
	if (json && contentType.type === structured) return [readSingle(parseJson(await readBody(c)))];
	const headers = c.req.raw.headers;
	// Other formats of CloudEvents (XML, Avro) have content types of the same beginning.
	if (contentType?.type.startsWith('application/cloudevents') || !isBinary(headers))
		throw fault(
			'unsupported_media_type',
			415,
			`Send ${structured} or ${batched}, in UTF-8, or an event in ce- headers.`
		);
	const event = readBinary(headers, repeatedHeaders(c), contentType, await readBody(c));
	return [readSingle(event)];
}

/** Headers sent more than once: joined by then, and no longer to be told from one with a comma. */
function repeatedHeaders(c: Context<Env>): ReadonlySet<string> {
	const names = Object.entries(c.env?.incoming?.headersDistinct ?? {});
	return new Set(names.flatMap(([name, values = []]) => (values.length > 1 ? [name] : [])));
}

export const events: Noun = {
	name: 'Events',
	description: 'Usage: what products measure and the portal counts.',
	routes
};
