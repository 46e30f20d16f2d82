import { sql } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import type { Aggregation, Unit } from './meters.ts';
import { readReading, receiptKey } from './readings.ts';
import { metersAt, selectVersions, timelinesOf } from './versions.ts';

/** An event as it came. */
export interface StoredEvent {
	source: string;
	id: string;
	type: string;
	time: Date;
	receivedAt: Date;
	data: unknown;
	/** Attributes that nothing is counted from. */
	attributes: Record<string, unknown> | null;
	/** The id of the event that it says it corrects. It counts at the time of the first of them. */
	corrects: string | null;
	/** The time that a correction itself gave. */
	sentAt: Date | null;
	/** The id of the event that took its place. */
	correctedBy: string | null;
}

/** Where an event of a product comes among the others, newest first. */
export interface EventPosition {
	time: Date;
	key: string;
}

interface EventRow {
	key: string;
	source: string;
	id: string;
	type: string;
	occurred_at: Date;
	received_at: Date;
	data: unknown;
	attributes: Record<string, unknown> | null;
	counts: boolean;
	sent_at: Date | null;
	corrected_by: string | null;
}

// An event's place among corrections is looked up by its key; of the next in its chain only the name is read.
const columns = sql`replace(e.key::text, '-', '') as key, e.source, e.id, e.type, e.occurred_at, e.received_at,
	e.data, e.attributes, coalesce(c.counts, true) as counts, c.sent_at, (
		select n.id from usage.corrections l
		join usage.events n on n.business_id = l.business_id and n.key = l.key
		where l.business_id = c.business_id and l.original = c.original and l.position = c.position + 1
			and n.occurred_at = e.occurred_at
	) as corrected_by`;
const itsPlace = sql`left join usage.corrections c on c.business_id = e.business_id and c.key = e.key`;

/**
 * A page looks at this many events of the business at most. Only their order has an index, for each index
 * more would be paid for by every event; so a page in search of something rare ends before it is full.
 */
const mostSeen = 20_000;

/**
 * A product's events for a business, newest first, page by page.
 * @returns `next` to go on `before`; null at the end. A page may have fewer than `limit`, and still go on
 */
export const listEvents = usecase(
	'usage.trace',
	v.object({
		businessId: BusinessId,
		productId: v.string(),
		type: v.optional(v.string()),
		source: v.optional(v.string()),
		/** Half-open, by the time of the events. */
		from: v.optional(v.date()),
		to: v.optional(v.date()),
		before: v.optional(v.object({ time: v.date(), key: v.string() })),
		limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))
	}),
	async (scope, input): Promise<{ events: StoredEvent[]; next: EventPosition | null }> => {
		const { businessId, productId, type, source, from, to, before, limit } = input;
		const seen = sql`
			from usage.events where business_id = ${businessId}
				${from ? sql`and occurred_at >= ${from}` : sql``}
				${to ? sql`and occurred_at < ${to}` : sql``}
				${
					before
						? sql`and occurred_at <= ${before.time}
							and (occurred_at, key) < (${before.time}, ${before.key}::uuid)`
						: sql``
				}
			order by occurred_at desc, key desc`;
		const { rows } = await sql<EventRow>`
			select ${columns} from (
				select * from (
					select business_id, product_id, key, source, id, type, occurred_at, received_at, data, attributes
					${seen} limit ${mostSeen}
				) seen
				where product_id = ${productId}
					${type === undefined ? sql`` : sql`and type = ${type}`}
					${source === undefined ? sql`` : sql`and source = ${source}`}
				limit ${limit}
			) e ${itsPlace}
			order by e.occurred_at desc, e.key desc`.execute(scope.db);
		const last = rows.length === limit ? rows.at(-1) : await rowAt(scope, seen, mostSeen - 1);
		return {
			events: rows.map(toEvent),
			next: last ? { time: last.occurred_at, key: last.key } : null
		};
	}
);

/** Where a look that found less than it wanted has stopped; undefined when it saw all there was. */
export async function rowAt(
	{ db }: Scope,
	seen: ReturnType<typeof sql>,
	offset: number
): Promise<Pick<EventRow, 'occurred_at' | 'key'> | undefined> {
	const { rows } = await sql<Pick<EventRow, 'occurred_at' | 'key'>>`
		select occurred_at, replace(key::text, '-', '') as key ${seen} offset ${offset} limit 1`.execute(
		db
	);
	return rows[0];
}

export interface Trace {
	time: Date;
	/** The hour (UTC) and the day (of the business) that it belongs to. */
	hour: Date;
	day: string;
	/** Null once its month was dropped: it is counted all the same. */
	event: StoredEvent | null;
	droppedAt: Date | null;
	/** What meters took from it; empty when it was corrected, or is no longer there to say. */
	counted: CountedReading[];
	/** The event with all its corrections, in the order in which they came; empty where there are none. */
	corrections: Correction[];
}

export interface Correction {
	id: string;
	/** The time that it gave itself. */
	sentAt: Date;
	receivedAt: Date;
	/** Whether this is what counts: one at most. None does where the last came without data. */
	counts: boolean;
}

export interface CountedReading {
	meter: string;
	/** Of what the meter counts, the one in force in the event's hour. */
	version: number;
	aggregation: Aggregation;
	unit: Unit;
	/** Exact decimal text, or the text of a `unique` meter's value; null for a meter that counts events. */
	value: string | null;
	/** The dimension values of the slice that it was added to; null for a meter without. */
	dimensions: Record<string, string> | null;
	/** Closed periods that it came too late for: there it is part of an adjustment. */
	adjusts: ClosedPeriod[];
}

/** Civil dates, half-open. */
interface ClosedPeriod {
	start: string;
	end: string;
}

/**
 * Where an event was counted. Found by its receipt, so also after the event itself was dropped.
 * @throws NotFound for an event that never came, or not from this product for this business
 */
export const traceEvent = usecase(
	'usage.trace',
	v.object({
		businessId: BusinessId,
		productId: v.string(),
		source: v.string(),
		id: v.string()
	}),
	async (scope, { businessId, productId, source, id }): Promise<Trace> => {
		const key = Buffer.from(receiptKey({ businessId, source, id }, productId), 'latin1').toString(
			'hex'
		);
		const { rows } = await sql<TraceRow>`
				select r.occurred_at, (r.occurred_at at time zone z.time_zone)::date::text as day,
					date_trunc('hour', r.occurred_at, 'UTC') as hour,
					(select d.dropped_at from usage.dropped_months d
						where d.month = date_trunc('month', r.occurred_at at time zone 'UTC')) as dropped_at
				from usage.receipts r join usage.zones z using (business_id)
				where r.business_id = ${businessId} and r.key = ${key}::uuid`.execute(scope.db);
		const [receipt] = rows;
		if (!receipt) throw new NotFound('This event');
		// By the moment of the receipt: one partition, one entry of its index.
		const { rows: stored } = await sql<EventRow>`
			select ${columns} from usage.events e ${itsPlace}
			where e.business_id = ${businessId} and e.occurred_at = ${receipt.occurred_at}
				and e.key = ${key}::uuid`.execute(scope.db);
		const [row] = stored;
		const event = row ? toEvent(row) : null;
		return {
			time: receipt.occurred_at,
			hour: receipt.hour,
			day: receipt.day,
			event,
			droppedAt: event ? null : receipt.dropped_at,
			counted: event && row?.counts ? await readAgain(scope, event, businessId, productId) : [],
			corrections: await listChain(scope, businessId, receipt.occurred_at, key)
		};
	}
);

/** Of the event with this key, as far as they are stored. */
async function listChain(
	{ db }: Scope,
	businessId: string,
	time: Date,
	key: string
): Promise<Correction[]> {
	const { rows } = await sql<Correction>`
		select e.id, coalesce(c.sent_at, e.occurred_at) as "sentAt", e.received_at as "receivedAt", c.counts
		from usage.corrections own
		join usage.corrections c on c.business_id = own.business_id and c.original = own.original
		join usage.events e on e.business_id = c.business_id and e.key = c.key
		where own.business_id = ${businessId} and own.key = ${key}::uuid and e.occurred_at = ${time}
		order by c.position`.execute(db);
	return rows;
}

interface TraceRow {
	occurred_at: Date;
	hour: Date;
	day: string;
	dropped_at: Date | null;
}

/** Reads the event as it was counted: by the versions of meters that are in force in its hour. */
async function readAgain(
	scope: Scope,
	{ type, time, receivedAt, data }: StoredEvent,
	businessId: string,
	productId: string
): Promise<CountedReading[]> {
	const [versions, { rows: closed }] = await Promise.all([
		selectVersions(scope),
		sql<ClosedPeriod & { meterId: string }>`
			select meter_id as "meterId", start_on::text as start, end_on::text as "end"
			from usage.closed_quantities
			where business_id = ${businessId} and product_id = ${productId} and closed_at < ${receivedAt}
				and (${time}::timestamptz at time zone time_zone)::date >= start_on
				and (${time}::timestamptz at time zone time_zone)::date < end_on
			order by start_on`.execute(scope.db)
	]);
	const timeline = timelinesOf(versions).get(`${productId} ${type}`) ?? [];
	return metersAt(timeline, time.getTime()).flatMap((meter) => {
		const read = readReading(meter, data);
		// A version that was put in force over events that had come before may not be able to read them.
		if ('path' in read) return [];
		const { value, set } = read;
		return [
			{
				meter: meter.slug,
				version: meter.version,
				aggregation: meter.aggregation,
				unit: meter.unit,
				value: value === null ? null : String(value),
				dimensions: set ? (JSON.parse(set.dimensions) as Record<string, string>) : null,
				adjusts: closed
					.filter(({ meterId }) => meterId === meter.id)
					.map(({ start, end }) => ({ start, end }))
			}
		];
	});
}

function toEvent(row: EventRow): StoredEvent {
	const { corrects, ...further } = row.attributes ?? {};
	// Whoever sent such an attribute before there were corrections corrected nothing.
	const isCorrection = row.sent_at !== null && typeof corrects === 'string';
	return {
		source: row.source,
		id: row.id,
		type: row.type,
		time: row.occurred_at,
		receivedAt: row.received_at,
		data: row.data,
		attributes: isCorrection ? (Object.keys(further).length > 0 ? further : null) : row.attributes,
		corrects: isCorrection ? corrects : null,
		sentAt: row.sent_at,
		correctedBy: row.corrected_by
	};
}
