import { sql, type RawBuilder } from 'kysely';

/**
 * How each alert stands in the running month of its business, from totals alone: `value` is what the meter
 * says by its aggregation of the readings of this month, null before the first. A month begins with the
 * day, and days are those of `usage.zones`, in which they are added up.
 *
 * @param which narrows it down; alerts are `a`, meters `m`
 */
export function standings(now: Date, which: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`
		select a.business_id, a.id, a.month_limit, a.marks, month.start_on as period,
			m.product_id, m.slug, m.name, m.unit, m.aggregation,
			case m.aggregation
				when 'count' then used.count
				when 'sum' then used.sum
				when 'max' then used.max
				when 'latest' then used.latest
				else (
					select nullif(count(*), 0) from usage.uniques u
					where u.business_id = a.business_id and u.meter_id = a.meter_id
						and u.first_hour < month.until and u.last_hour >= month.since
						and (u.first_hour >= month.since or u.last_hour < month.until or exists (
							select from usage.unique_hours h
							where h.business_id = u.business_id and h.meter_id = u.meter_id and h.value = u.value
								and h.hour >= month.since and h.hour < month.until
						))
				) end as value
		from usage.alerts a
		join usage.meters m on m.id = a.meter_id
		left join usage.zones z on z.business_id = a.business_id
		cross join lateral (
			select date_trunc('month', ${now}::timestamptz at time zone coalesce(z.time_zone, 'UTC')) as first
		) begun
		cross join lateral (
			select first::date as start_on, (first + interval '1 month')::date as end_on,
				first at time zone z.time_zone as since, (first + interval '1 month') at time zone z.time_zone as until
		) month
		cross join lateral (
			select sum(d.count) as count, sum(d.sum) as sum, max(d.max) as max,
				(array_agg(d.latest order by d.day desc))[1] as latest
			from usage.days d
			where d.business_id = a.business_id and d.meter_id = a.meter_id
				and d.day >= month.start_on and d.day < month.end_on
		) used
		where ${which}`;
}
