import type { Scope, System } from '../../platform/scope.ts';
import { instantArray, textArray, uuidArray, type Bytes16 } from './arrays.ts';
import { compareDecimals, type Decimal } from './decimals.ts';
import type { Entry } from './readings.ts';
import { statement } from './statement.ts';
import { noSet } from './totals.ts';

/** In SQL, the milliseconds from one instant to another: exact, as PostgreSQL keeps them. */
export const msBetween = (from: string, to: string): string =>
	`(extract(epoch from (${to}) - (${from})) * 1000)`;

const sweptAfterMs = 38 * 86_400_000;

interface Point {
	businessId: string;
	meterId: string;
	setId: Bytes16;
	at: number;
	level: Decimal;
}

/**
 * Adds the readings of `weighted` meters to their hours and days, after the totals and in their transaction.
 * Rows are made anew from all readings of their hour, so the order in which these came does not matter.
 */
export async function writeLevels(scope: Scope<System>, entries: readonly Entry[]): Promise<void> {
	const points = pointsOf(entries);
	if (points.length === 0) return;
	const values = [
		textArray(points.map(({ businessId }) => businessId)),
		textArray(points.map(({ meterId }) => meterId)),
		uuidArray(points.map(({ setId }) => setId)),
		instantArray(points.map(({ at }) => at))
	];
	// One connection: they run in this order, each seeing what those before it wrote and had to wait for.
	await Promise.all([
		lock(scope, values.slice(0, 2)),
		writePoints(scope, [...values, textArray(points.map(({ level }) => String(level)))]),
		writeHours(scope, values),
		clearDays(scope, values),
		writeDays(scope, values)
	]);
}

/** Of several readings at one moment the greatest. */
function pointsOf(entries: readonly Entry[]): Point[] {
	const points = new Map<string, Point>();
	for (const { businessId, time, readings } of entries)
		for (const { meter, value, set } of readings) {
			if (meter.aggregation !== 'weighted' || value === null) continue;
			const setId = set?.id ?? noSet;
			const name = `${businessId} ${meter.id} ${time} ${setId}`;
			const met = points.get(name);
			if (!met) points.set(name, { businessId, meterId: meter.id, setId, at: time, level: value });
			else if (compareDecimals(value, met.level) > 0) met.level = value;
		}
	return [...points.values()];
}

// Hours and days are read before they are written: whoever reads them next has to wait for who writes them.
const lock = statement(
	`select pg_advisory_xact_lock(hashtextextended('usage.levels ' || business_id || ' ' || meter_id, 0))
	from (
		select distinct business_id, meter_id from unnest($1::text[], $2::text[]) as p (business_id, meter_id)
		order by business_id, meter_id
	) meters`
);

const given = `unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[])
	as p (business_id, meter_id, set_id, at)`;

const writePoints = statement(
	`insert into usage.levels as l (business_id, meter_id, set_id, at, level)
	select business_id, meter_id, set_id, at, level
	from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[]::numeric[])
		as p (business_id, meter_id, set_id, at, level)
	order by business_id, meter_id, set_id, at
	on conflict (business_id, meter_id, set_id, at) do update set level = excluded.level
		where excluded.level > l.level`
);

const writeHours = statement(
	`insert into usage.level_hours (business_id, meter_id, set_id, hour, first_at, last_at, level, area)
	select business_id, meter_id, set_id, hour, min(at), max(at), (array_agg(level order by at desc))[1],
		coalesce(sum(level * ${msBetween('at', 'next_at')}), 0)
	from (
		select business_id, meter_id, set_id, hour, l.at, level,
			lead(l.at) over (partition by business_id, meter_id, set_id, hour order by l.at) as next_at
		from (
			select distinct business_id, meter_id, set_id, date_trunc('hour', at, 'UTC') as hour from ${given}
		) touched
		join usage.levels l using (business_id, meter_id, set_id)
		where l.at >= hour and l.at < hour + interval '1 hour'
	) points
	group by business_id, meter_id, set_id, hour
	order by business_id, meter_id, set_id, hour
	on conflict (business_id, meter_id, set_id, hour) do update set first_at = excluded.first_at,
		last_at = excluded.last_at, level = excluded.level, area = excluded.area`
);

const touchedDays = `select distinct business_id, meter_id, set_id, time_zone,
		(date_trunc('hour', at, 'UTC') at time zone time_zone)::date as day
	from ${given} join usage.zones using (business_id)`;

const clearDays = statement(
	`delete from usage.level_days d using (${touchedDays}) t
	where d.business_id = t.business_id and d.meter_id = t.meter_id and d.set_id = t.set_id and d.day = t.day`
);

/** Hours `h` with their `day`, put together in order: a level holds from one to the next. */
const daysFrom = (hours: string): string => `
	insert into usage.level_days (business_id, meter_id, set_id, day, first_at, last_at, level, area)
	select business_id, meter_id, set_id, day, min(first_at), max(last_at),
		(array_agg(level order by first_at desc))[1], sum(area + gap)
	from (
		select h.business_id, h.meter_id, h.set_id, h.day, r.since, h.first_at, h.last_at, h.level, h.area,
			coalesce(level * ${msBetween(
				'last_at',
				'lead(first_at) over (partition by business_id, h.meter_id, set_id, day, since order by first_at)'
			)}, 0) as gap
		from (${hours}) h
		join usage.level_reigns r on r.meter_id = h.meter_id and r.since <= h.first_at and r.until > h.first_at
	) hours
	group by business_id, meter_id, set_id, day, since
	order by business_id, meter_id, set_id, day`;

const writeDays = statement(
	daysFrom(`select h.*, t.day from (${touchedDays}) t
		join usage.level_hours h using (business_id, meter_id, set_id)
		where h.hour >= t.day::timestamp at time zone time_zone - interval '1 hour'
			and h.hour < (t.day + 1)::timestamp at time zone time_zone + interval '1 hour'
			and (h.hour at time zone time_zone)::date = t.day`)
);

/** As `foldingAnew` does with other days. */
export const foldingLevels = (which: string, within: string): string[] => [
	`delete from usage.level_days d using usage.zones z where z.business_id = d.business_id and ${which}`,
	daysFrom(`select d.* from usage.zones z
		cross join lateral (
			select h.*, greatest((h.hour at time zone z.time_zone)::date, z.folded_until) as day
			from usage.level_hours h
			where h.business_id = z.business_id and ${within}
		) d
		where ${which}`)
];

/** For a recount. Parameters: business, meter, from, to. */
export const clearingLevels = [
	`delete from usage.levels where business_id = $1 and meter_id = $2 and at >= $3 and at < $4`,
	`delete from usage.level_hours where business_id = $1 and meter_id = $2 and hour >= $3 and hour < $4`
];

const sweep = statement(
	`delete from usage.levels where at < date_trunc('hour', $1::timestamptz, 'UTC')`
);

/** Events come 35 days late at the most: the hours of older readings are made, and a recount brings its own. */
export async function sweepLevels(scope: Scope<System>): Promise<void> {
	await sweep(scope, [new Date(scope.now.getTime() - sweptAfterMs)]);
}
