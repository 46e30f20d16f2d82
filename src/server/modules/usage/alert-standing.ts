import { sql, type RawBuilder } from 'kysely';
import type { Scope } from '../../platform/scope.ts';
import { listTerms, type Term } from '../billing/index.ts';
import { areaHeld, fullHour, unitHours } from './level-areas.ts';
import { figureUnitOf } from './meters.ts';

/** The terms of subscriptions that these alerts rest on: most rest on none. */
export async function termsOf(scope: Scope, which: RawBuilder<unknown>): Promise<Term[]> {
	const { rows } = await sql<{ business_id: string }>`
		select distinct a.business_id from usage.alerts a join usage.meters m on m.id = a.meter_id
		where a.removed_at is null and (a.limit_of = 'plan' or a.period = 'subscription') and ${which}
	`.execute(scope.db);
	return listTerms(scope, { businessIds: rows.map(({ business_id }) => business_id) });
}

/**
 * How each alert stands in its running period, from totals alone: `value` is what the meter says by its
 * aggregation of the readings of this period, null before the first; `amount` is the limit, null where the
 * plan includes nothing. A period begins with the day, and days are those of `usage.zones`, in which they are
 * added up; `until` is the moment at which it ends. What a plan includes of data is of the one meter of a
 * product that adds data up.
 *
 * @param which narrows it down; alerts are `a`, meters `m`
 */
export function standings(
	now: Date,
	terms: readonly Term[],
	which: RawBuilder<unknown>
): RawBuilder<unknown> {
	const known = JSON.stringify(
		terms.map((term) => ({
			business_id: term.businessId,
			product_id: term.productId,
			start_on: term.start,
			end_on: term.end,
			included: term.included,
			bytes: term.includedBytes?.toString() ?? null
		}))
	);
	return sql`
		select a.business_id, a.id, a.meter_id, a.limit_of, a.period as every, a.marks, a.people, a.channels,
			a.action, period.start_on as period, period.end_on as period_end, moment.until,
			m.product_id, m.slug, m.name, ${sql.raw(figureUnitOf)} as unit, m.aggregation,
			case a.limit_of when 'number' then a.amount else nullif(coalesce(
				(term.included ->> m.slug)::numeric,
				case when m.unit = 'bytes' and m.aggregation = 'sum' and not exists (
					select from usage.meters other where other.product_id = m.product_id
						and other.unit = 'bytes' and other.aggregation = 'sum' and other.id <> m.id
				) then term.bytes end
			), 0) end as amount,
			case m.aggregation
				when 'count' then used.count
				when 'sum' then used.sum
				when 'max' then used.max
				when 'latest' then used.latest
				when 'weighted' then ${unitHours(
					areaHeld({
						business: sql`a.business_id`,
						meter: sql`a.meter_id`,
						from: fullHour(sql`moment.since`),
						until: fullHour(sql`moment.until`),
						now: sql`${now}::timestamptz`,
						days: [sql`d.day >= period.start_on and d.day < period.end_on`],
						hours: []
					})
				)}
				when 'unique' then (
					select nullif(count(*), 0) from usage.uniques u
					where u.business_id = a.business_id and u.meter_id = a.meter_id
						and u.first_hour < moment.until and u.last_hour >= moment.since
						and (u.first_hour >= moment.since or u.last_hour < moment.until or exists (
							select from usage.unique_days d
							where d.business_id = u.business_id and d.meter_id = u.meter_id and d.value = u.value
								and d.day >= period.start_on and d.day < period.end_on
						))
				) end as value
		from usage.alerts a
		join usage.meters m on m.id = a.meter_id
		left join usage.zones z on z.business_id = a.business_id
		cross join lateral (
			select ${now}::timestamptz at time zone coalesce(z.time_zone, 'UTC') as now
		) local
		left join jsonb_to_recordset(${known}::jsonb) as term (
			business_id text, product_id text, start_on date, end_on date, included jsonb, bytes numeric
		) on term.business_id = a.business_id and term.product_id = m.product_id
			and term.start_on <= local.now and term.end_on > local.now
		cross join lateral (
			select
				case a.period when 'month' then date_trunc('month', local.now)::date
					when 'day' then local.now::date else term.start_on end as start_on,
				case a.period when 'month' then (date_trunc('month', local.now) + interval '1 month')::date
					when 'day' then local.now::date + 1 else term.end_on end as end_on
		) period
		cross join lateral (
			select period.start_on::timestamp at time zone z.time_zone as since,
				period.end_on::timestamp at time zone z.time_zone as until
		) moment
		cross join lateral (
			select sum(d.count) as count, sum(d.sum) as sum, max(d.max) as max,
				(array_agg(d.latest order by d.day desc))[1] as latest
			from usage.days d
			where d.business_id = a.business_id and d.meter_id = a.meter_id
				and d.day >= period.start_on and d.day < period.end_on
		) used
		where a.removed_at is null and ${which}`;
}
