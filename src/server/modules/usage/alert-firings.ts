import { sql } from 'kysely';
import { emit } from '../../platform/events.ts';
import { authorize, type Scope, type System } from '../../platform/scope.ts';
import { listProducts } from '../catalogue/index.ts';
import { standings } from './alert-standing.ts';
import type { AlertMark } from './alerts.ts';
import type { Unit } from './meters.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** Use has passed a mark that a business set. */
		'usage.alert-fired': {
			alertId: string;
			productId: string;
			product: string;
			/** The meter's slug. */
			meter: string;
			meterName: string;
			unit: Unit;
			/** Per cent of the limit. */
			mark: AlertMark;
			/** Exact decimal text, in the meter's unit, like the value. */
			limit: string;
			value: string;
			/** The first day of the month. */
			period: string;
		};
	}
}

interface Fired {
	business_id: string;
	id: string;
	product_id: string;
	slug: string;
	name: string;
	unit: Unit;
	month_limit: string;
	value: string;
	period: string;
	mark: AlertMark;
}

/**
 * Fires the marks that the use of the running month has passed, each once a month: a row for each, so that
 * of several processes that look at once one writes it. A limit that was raised fires anew, one that was
 * lowered or set back does not. Of marks that are passed together the highest is told, and none that
 * lies under one that was told.
 *
 * @param businessIds null looks at every business
 * @returns how many alerts were told
 */
export async function fireAlerts(
	scope: Scope<System>,
	businessIds: readonly string[] | null
): Promise<number> {
	authorize(scope, 'alert.read');
	const which =
		businessIds === null ? sql`true` : sql`a.business_id = any(${[...businessIds]}::text[])`;
	// What has fired is left out before the insert, so that looking in vain writes nothing.
	const { rows } = await sql<Fired>`
		with standing as materialized (${standings(scope.now, which)}),
		fired as (
			insert into usage.alert_firings as f
				(business_id, alert_id, period, mark, month_limit, value, fired_at)
			select s.business_id, s.id, s.period, passed.mark, s.month_limit, s.value, ${scope.now}
			from standing s cross join unnest(s.marks) as passed (mark)
			where s.value >= s.month_limit * passed.mark / 100 and not exists (
				select from usage.alert_firings known
				where known.business_id = s.business_id and known.alert_id = s.id
					and known.period = s.period and known.mark = passed.mark and known.month_limit >= s.month_limit
			)
			order by s.business_id, s.id, s.period, passed.mark
			on conflict (business_id, alert_id, period, mark) do update
				set month_limit = excluded.month_limit, value = excluded.value, fired_at = excluded.fired_at
				where f.month_limit < excluded.month_limit
			returning business_id, alert_id, mark
		)
		select s.business_id, s.id, s.product_id, s.slug, s.name, s.unit, s.month_limit::text,
			s.value::text, s.period::text, max(fired.mark) as mark
		from standing s join fired on fired.business_id = s.business_id and fired.alert_id = s.id
		group by s.business_id, s.id, s.product_id, s.slug, s.name, s.unit, s.month_limit, s.value, s.period
		having max(fired.mark) > coalesce((
			select max(before.mark) from usage.alert_firings before
			where before.business_id = s.business_id and before.alert_id = s.id
				and before.period = s.period and before.month_limit >= s.month_limit
		), 0)
		order by s.business_id, s.id`.execute(scope.db);
	if (rows.length === 0) return 0;
	const products = new Map((await listProducts(scope, {})).map(({ id, name }) => [id, name]));
	for (const row of rows) {
		await emit(
			scope,
			'usage.alert-fired',
			{
				alertId: row.id,
				productId: row.product_id,
				product: products.get(row.product_id) ?? '',
				meter: row.slug,
				meterName: row.name,
				unit: row.unit,
				mark: row.mark,
				limit: row.month_limit,
				value: row.value,
				period: row.period
			},
			row.business_id
		);
	}
	return rows.length;
}
