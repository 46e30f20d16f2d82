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
}

const columns = sql`replace(key::text, '-', '') as key, source, id, type, occurred_at, received_at, data, attributes`;

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
				select product_id, key, source, id, type, occurred_at, received_at, data, attributes
				${seen} limit ${mostSeen}
			) seen
			where product_id = ${productId}
				${type === undefined ? sql`` : sql`and type = ${type}`}
				${source === undefined ? sql`` : sql`and source = ${source}`}
			limit ${limit}`.execute(scope.db);
		const last = rows.length === limit ? rows.at(-1) : await rowAt(scope, seen, mostSeen - 1);
		return {
			events: rows.map(toEvent),
			next: last ? { time: last.occurred_at, key: last.key } : null
		};
	}
);

async function rowAt(
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
	/** What meters took from it; empty when the event itself is no longer there to say. */
	counted: CountedReading[];
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
			select ${columns} from usage.events
			where business_id = ${businessId} and occurred_at = ${receipt.occurred_at} and key = ${key}::uuid`.execute(
			scope.db
		);
		const event = stored[0] ? toEvent(stored[0]) : null;
		return {
			time: receipt.occurred_at,
			hour: receipt.hour,
			day: receipt.day,
			event,
			droppedAt: event ? null : receipt.dropped_at,
			counted: event ? await readAgain(scope, event, businessId, productId) : []
		};
	}
);

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
	return {
		source: row.source,
		id: row.id,
		type: row.type,
		time: row.occurred_at,
		receivedAt: row.received_at,
		data: row.data,
		attributes: row.attributes
	};
}
