import type { Scope } from '../../platform/scope.ts';
import { statement } from './statement.ts';

/**
 * Statements that make the first and last hour of different values anew, once their hours and days are right.
 * Parameters: business, meter, from and to.
 * @param which narrows down the values, by the column `value`
 */
export function foldingValues(
	which = 'true'
): ((scope: Scope, values: readonly unknown[]) => Promise<unknown>)[] {
	return [
		statement(
			`delete from usage.uniques u
		where business_id = $1 and meter_id = $2 and first_hour < $4 and last_hour >= $3 and ${which}
			and not exists (
			select from usage.unique_days d
			where d.business_id = u.business_id and d.meter_id = u.meter_id and d.value = u.value
		)`
		),
		// What lies outside the piece stays. A value that is left in folded hours alone ends with the last of its days.
		statement(
			`update usage.uniques u set first_hour = now.first_hour, last_hour = now.last_hour
		from (
			select o.value,
				case when o.first_hour < $3 then o.first_hour else hours.first_hour end as first_hour,
				case when o.last_hour >= $4 then o.last_hour
					else coalesce(hours.last_hour, greatest(days.last_hour, o.first_hour)) end as last_hour
			from usage.uniques o
			join usage.zones z using (business_id)
			cross join lateral (
				select min(hour) as first_hour, max(hour) as last_hour from usage.unique_hours h
				where h.business_id = o.business_id and h.meter_id = o.meter_id and h.value = o.value
			) hours
			cross join lateral (
				select date_trunc('hour', (max(day) + 1)::timestamp at time zone z.time_zone - interval '1 hour', 'UTC')
					as last_hour
				from usage.unique_days d
				where d.business_id = o.business_id and d.meter_id = o.meter_id and d.value = o.value
			) days
			where o.business_id = $1 and o.meter_id = $2 and o.first_hour < $4 and o.last_hour >= $3
				and ${which}
		) now
		where u.business_id = $1 and u.meter_id = $2 and u.value = now.value
			and (u.first_hour, u.last_hour) <> (now.first_hour, now.last_hour)`
		)
	];
}
