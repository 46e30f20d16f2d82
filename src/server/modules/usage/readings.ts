import { hash } from 'node:crypto';
import type { Issue } from '../../platform/errors.ts';
import { idPattern } from '../../platform/ids.ts';
import type { Bytes16 } from './arrays.ts';
import { readDecimal, type Decimal } from './decimals.ts';
import { metersAt, type MeterVersion, type Timeline } from './versions.ts';

/** Something that a product measured, as CloudEvents tells it. */
export interface UsageEvent {
	/** The business that it was measured for: an event's `subject`. */
	businessId: string;
	/** With `id`, what makes an event the same event, whatever else it says. */
	source: string;
	id: string;
	type: string;
	/** When it happened, in milliseconds since 1970. */
	time: number;
	/** The event's data where it is JSON; meters read the properties of an object. */
	data?: unknown;
	/** Attributes that nothing is counted from, kept with the event. */
	attributes?: Record<string, unknown> | null;
	/** The id of an earlier event of the same business, source and type, which this one takes the place of. */
	corrects?: string;
}

/** The values of a meter's dimensions that occurred together in an event; null where one was missing. */
export interface DimensionSet {
	id: Bytes16;
	meterId: string;
	/** JSON of the values that are there. */
	dimensions: string;
}

export interface Reading {
	meter: MeterVersion;
	/** A decimal for sum, max, latest and weighted; text for unique; null for count. */
	value: Decimal | null;
	/** Null for a meter without dimensions. */
	set: DimensionSet | null;
}

/** An event that has been understood, ready to be written. */
export interface Entry extends Omit<UsageEvent, 'data' | 'attributes' | 'corrects'> {
	productId: string;
	key: Bytes16;
	/** JSON. */
	data: string | null;
	attributes: string | null;
	/** The beginning of the hour (UTC) in which it happened, in milliseconds since 1970. */
	hour: number;
	receivedAt: number;
	/** None for a correction, until it is known in which hour it counts. */
	readings: Reading[];
	corrects: Corrected | null;
}

/** What a correction takes the place of. */
export interface Corrected {
	/** Of the event that it names. */
	key: Bytes16;
	/** It came without data: what it corrects is taken out, and nothing put in. */
	withdraws: boolean;
}

/** Events may come this late, and this far ahead of our clock. */
export const latestMs = 35 * 86_400_000;
export const aheadMs = 5 * 60_000;

const hourMs = 3_600_000;
const longestText = 200;
const businessIdForm = idPattern('biz');

/**
 * Reads an event with the meters that count its type in the hour in which it happened. There may be none:
 * the type was counted before or will be later, and the event is kept for a recount.
 * @param now in milliseconds since 1970
 * @returns what is wrong with it instead, the first thing found
 */
export function readEvent(
	event: UsageEvent,
	productId: string,
	timeline: Timeline | undefined,
	now: number
): Entry | Issue {
	if (!businessIdForm.test(event.businessId)) return unknownBusiness();
	if (!timeline)
		return {
			path: 'type',
			code: 'unknown_type',
			message: `No meter of this product counts events of the type ${JSON.stringify(event.type.slice(0, 100))}.`
		};
	if (event.time > now + aheadMs)
		return {
			path: 'time',
			code: 'time_too_far_ahead',
			message: 'The time lies more than 5 minutes ahead of the portal’s clock.'
		};
	const corrects = readCorrected(event, productId);
	if (corrects !== null && 'path' in corrects) return corrects;
	if (event.time < now - latestMs && corrects === null)
		return {
			path: 'time',
			code: 'time_too_long_ago',
			message: 'The time lies more than 35 days back: those hours are closed.'
		};
	const readings = corrects === null ? readAllReadings(timeline, event.time, event.data) : [];
	if ('path' in readings) return readings;
	const { businessId, source, id, type, time } = event;
	return {
		businessId,
		source,
		id,
		type,
		time,
		data: toJson(event.data),
		attributes: toJson(
			corrects === null ? event.attributes : { ...event.attributes, corrects: event.corrects }
		),
		productId,
		key: receiptKey(event, productId),
		hour: hourOf(time),
		receivedAt: now,
		readings,
		corrects
	};
}

/** The beginning of the hour (UTC) of a moment, both in milliseconds since 1970. */
export function hourOf(time: number): number {
	return time - (((time % hourMs) + hourMs) % hourMs);
}

/** What the meters take from data at that moment, or what is wrong with it for the first that cannot. */
export function readAllReadings(
	timeline: Timeline,
	time: number,
	data: unknown
): Reading[] | Issue {
	const readings: Reading[] = [];
	for (const meter of metersAt(timeline, time)) {
		const reading = readReading(meter, data);
		if ('path' in reading) return reading;
		readings.push(reading);
	}
	return readings;
}

function readCorrected(
	{ businessId, source, id, corrects, data, attributes }: UsageEvent,
	productId: string
): Corrected | Issue | null {
	if (corrects === undefined) return null;
	if (corrects === id)
		return {
			path: 'corrects',
			code: 'corrects_itself',
			message: 'A correction has an id of its own, and names that of the event which it corrects.'
		};
	return {
		key: receiptKey({ businessId, source, id: corrects }, productId),
		withdraws: (data === undefined || data === null) && attributes?.data_base64 === undefined
	};
}

/** What a meter takes from an event's data, or what is wrong with that. */
export function readReading(meter: MeterVersion, data: unknown): Reading | Issue {
	const value = readValue(meter, data);
	if (typeof value === 'object' && value !== null) return value;
	const set = meter.dimensions.length === 0 ? null : readDimensions(meter, data);
	if (set !== null && 'path' in set) return set;
	return { meter, value, set };
}

export function unknownBusiness(): Issue {
	return {
		path: 'subject',
		code: 'unknown_business',
		message: 'No business of this id has this product.'
	};
}

function toJson(value: unknown): string | null {
	return value === undefined || value === null ? null : JSON.stringify(value);
}

/** Attributes hold no control characters, so a zero character keeps the parts apart. */
export function receiptKey(
	{ businessId, source, id }: Pick<UsageEvent, 'businessId' | 'source' | 'id'>,
	productId: string
): Bytes16 {
	return digest(`${businessId}\0${productId}\0${source}\0${id}`);
}

function digest(text: string): Bytes16 {
	return hash('sha256', text, 'binary').slice(0, 16);
}

function readValue(
	{ aggregation, valueProperty }: MeterVersion,
	data: unknown
): Decimal | null | Issue {
	if (valueProperty === null) return null;
	const value = property(data, valueProperty);
	if (aggregation === 'unique') {
		const text = readText(value);
		if (text !== null && text !== '') return text;
		return {
			path: `data.${valueProperty}`,
			code: 'invalid_value',
			message: `The property ${valueProperty} must be text or a number of at most ${longestText} characters.`
		};
	}
	return (
		readDecimal(value) ?? {
			path: `data.${valueProperty}`,
			code: 'invalid_value',
			message: `The property ${valueProperty} must be a number, or text of plain decimal digits.`
		}
	);
}

/** A step for each dimension in turn, by its value; the last one leads to the set. */
type Steps = Map<string | null, Steps | DimensionSet>;

/** The sets met before, by the space of the meter's version: the same few come again and again. */
const met = new Map<string, Steps>();
const mostMet = 50_000;
let countMet = 0;

function readDimensions(meter: MeterVersion, data: unknown): DimensionSet | Issue {
	const { dimensions } = meter;
	const values: (string | null)[] = [];
	let at: Steps | DimensionSet | undefined = met.get(meter.space);
	for (const name of dimensions) {
		const value = property(data, name);
		const text = value === undefined || value === null ? null : readText(value);
		if (text === null && value !== undefined && value !== null)
			return {
				path: `data.${name}`,
				code: 'invalid_dimension',
				message: `The property ${name} must be text, a number, true or false, of at most ${longestText} characters.`
			};
		values.push(text);
		if (at instanceof Map) at = at.get(text);
	}
	return at && !(at instanceof Map) ? at : makeSet(meter, values);
}

function makeSet(
	{ id: meterId, space, dimensions }: MeterVersion,
	values: (string | null)[]
): DimensionSet {
	const present = dimensions.flatMap((dimension, index) =>
		values[index] === null ? [] : [[dimension, values[index]] as const]
	);
	const set = {
		id: digest(`${space} ${JSON.stringify(values)}`),
		meterId,
		dimensions: JSON.stringify(Object.fromEntries(present))
	};
	countMet += 1;
	if (countMet > mostMet) {
		met.clear();
		countMet = 1;
	}
	let steps: Steps = met.get(space) ?? new Map();
	met.set(space, steps);
	for (const value of values.slice(0, -1)) {
		const next = steps.get(value);
		const onward: Steps = next instanceof Map ? next : new Map();
		steps.set(value, onward);
		steps = onward;
	}
	steps.set(values.at(-1) ?? null, set);
	return set;
}

function property(data: unknown, name: string): unknown {
	return typeof data === 'object' && data !== null && Object.hasOwn(data, name)
		? (data as Record<string, unknown>)[name]
		: undefined;
}

/** Text that PostgreSQL can hold, or null. */
function readText(value: unknown): string | null {
	if (typeof value === 'string')
		return value.length <= longestText && !value.includes('\0') && value.isWellFormed()
			? value
			: null;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
