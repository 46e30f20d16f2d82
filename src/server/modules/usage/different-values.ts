import { sql, type RawBuilder } from 'kysely';
import { businessOf, type Scope } from '../../platform/scope.ts';
import type { Pieces } from './spans.ts';

/**
 * How many different values meters saw in each of these stretches of time: `meter_id`, `ordinal` of the
 * stretch from 1 on, and `count`; no row where there was none. Each value that may be among them is looked
 * up once a stretch, so that it does not matter on how many days it occurred, nor how often.
 */
export function differentValues(
	scope: Scope,
	meterIds: readonly string[],
	stretches: readonly Pieces[]
): RawBuilder<{ meter_id: string; ordinal: string; count: string }> {
	const business = businessOf(scope);
	const column = (of: (pieces: Pieces) => unknown) => stretches.map(of);
	const seen = (table: 'unique_days' | 'unique_hours', bounds: RawBuilder<unknown>) => sql`
		select from usage.${sql.raw(table)}
		where business_id = ${business} and meter_id = u.meter_id and value = u.value and ${bounds}`;
	return sql`
		select u.meter_id, s.ordinal, count(*) as count
		from unnest(
			${column(({ days }) => days[0])}::date[], ${column(({ days }) => days[1])}::date[],
			${column(({ head }) => head[0])}::timestamptz[], ${column(({ head }) => head[1])}::timestamptz[],
			${column(({ tail }) => tail[0])}::timestamptz[], ${column(({ tail }) => tail[1])}::timestamptz[]
		) with ordinality as s (first_day, end_day, head_from, head_to, tail_from, tail_to, ordinal)
		join usage.uniques u on u.business_id = ${business} and u.meter_id = any(${[...meterIds]})
			and u.first_hour < s.tail_to and u.last_hour >= s.head_from
		cross join lateral (
			${seen('unique_days', sql`day >= s.first_day and day < s.end_day`)}
			union all ${seen('unique_hours', sql`hour >= s.head_from and hour < s.head_to`)}
			union all ${seen('unique_hours', sql`hour >= s.tail_from and hour < s.tail_to`)}
			limit 1
		) met
		group by 1, 2`;
}
