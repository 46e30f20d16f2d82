import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { businessOf, type Scope, type System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { findMeter } from './figures.ts';
import type { Meter } from './meters.ts';
import { readReading } from './readings.ts';
import { rowAt, type EventPosition } from './trace.ts';
import { inForce, selectVersions } from './versions.ts';

/** An event as a meter counts it. */
export interface MeterEvent {
	id: string;
	source: string;
	time: Date;
	receivedAt: Date;
	/**
	 * What the meter took from it: exact decimal text, or the text of a `unique` meter's value; null for a meter
	 * that counts events.
	 */
	value: string | null;
	/** By the meter's dimensions, as far as the event names them. */
	dimensions: Record<string, string>;
	/** The id of the event in whose place it counts. */
	corrects: string | null;
}

export interface MeterEvents {
	/** Newest first. */
	events: MeterEvent[];
	/** To go on `before`; null at the end. A page may have fewer than asked for, and still go on. */
	next: EventPosition | null;
	/** Events before it are not kept any more, though they count; null where all are. */
	keptFrom: Date | null;
}

interface Row {
	key: string;
	id: string;
	source: string;
	type: string;
	occurred_at: Date;
	received_at: Date;
	data: unknown;
	corrects: string | null;
}

/** A page looks at this many events of the business at most, since only their order has an index. */
const mostSeen = 20_000;

interface Asked {
	meter: Meter;
	businessId: string;
	from: Date;
	to: Date;
	before?: EventPosition | undefined;
	limit: number;
}

/**
 * The events that a meter counts in a span, of the scope's business, newest first, page by page: what a line of an
 * invoice comes from. Those that were corrected are left out, their corrections stand in their place.
 *
 * No member's door reads events: it says here whose they are and which meter, and a door of the system's reads
 * those alone.
 * @throws NotFound for an unknown meter
 */
export const listMeterEvents = usecase(
	'billing.read',
	v.object({
		productId: v.string(),
		meter: v.string(),
		/** Half-open, by the time of the events. */
		from: v.date(),
		to: v.date(),
		before: v.optional(v.object({ time: v.date(), key: v.string() })),
		limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))
	}),
	async (scope, { productId, meter: slug, ...asked }): Promise<MeterEvents> => {
		const meter = await findMeter(scope, { productId, meter: slug });
		const businessId = businessOf(scope);
		return withSystem('usage.meter-events', (own) =>
			readEvents(own, { ...asked, meter, businessId })
		);
	}
);

async function readEvents(
	scope: Scope<System>,
	{ meter, businessId, from, to, before, limit }: Asked
): Promise<MeterEvents> {
	const [versions, keptFrom] = await Promise.all([
		selectVersions(scope, meter.id),
		readKeptFrom(scope, from)
	]);
	const types = [...new Set(versions.map(({ eventType }) => eventType))];
	const seen = sql`
			from usage.events where business_id = ${businessId} and occurred_at >= ${from} and occurred_at < ${to}
				${
					before
						? sql`and occurred_at <= ${before.time}
							and (occurred_at, key) < (${before.time}, ${before.key}::uuid)`
						: sql``
				}
			order by occurred_at desc, key desc`;
	const { rows } = await sql<Row & { wanted: boolean }>`
			select replace(e.key::text, '-', '') as key, e.id, e.source, e.type, e.occurred_at, e.received_at,
				e.data, case when c.sent_at is null then null else e.attributes ->> 'corrects' end as corrects,
				coalesce(c.counts, true) as wanted
			from (
				select * from (
					select business_id, product_id, key, id, source, type, occurred_at, received_at, data, attributes
					${seen} limit ${mostSeen}
				) latest
				where product_id = ${meter.productId} and type = any(${types}::text[])
				limit ${limit}
			) e
			left join usage.corrections c on c.business_id = e.business_id and c.key = e.key
			order by e.occurred_at desc, e.key desc`.execute(scope.db);
	const last = rows.length === limit ? rows.at(-1) : await rowAt(scope, seen, mostSeen - 1);
	return {
		events: rows.flatMap((row) => {
			const version = inForce(versions, row.occurred_at.getTime());
			if (!row.wanted || version?.eventType !== row.type) return [];
			const read = readReading(version, row.data);
			// A version that was put in force over events that had come before may not be able to read them.
			if ('path' in read) return [];
			return [toEvent(row, meter, read.value === null ? null : String(read.value))];
		}),
		next: last ? { time: last.occurred_at, key: last.key } : null,
		keptFrom
	};
}

function toEvent(row: Row, meter: Meter, value: string | null): MeterEvent {
	const data = (typeof row.data === 'object' && row.data) || {};
	return {
		id: row.id,
		source: row.source,
		time: row.occurred_at,
		receivedAt: row.received_at,
		value,
		dimensions: Object.fromEntries(
			Object.entries(data).flatMap(([name, said]: [string, unknown]) =>
				meter.dimensions.includes(name) && ['string', 'number', 'boolean'].includes(typeof said)
					? [[name, String(said)]]
					: []
			)
		),
		corrects: row.corrects
	};
}

/** The end of the newest month whose events were dropped, where that lies after the beginning. */
async function readKeptFrom({ db }: Scope, from: Date): Promise<Date | null> {
	const { rows } = await sql<{ kept_from: Date | null }>`
		select (max(month) + interval '1 month')::timestamp at time zone 'UTC' as kept_from
		from usage.dropped_months`.execute(db);
	const [row] = rows;
	return row?.kept_from && row.kept_from > from ? row.kept_from : null;
}
