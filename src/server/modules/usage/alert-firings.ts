import { sql } from 'kysely';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { authorize, type Scope, type System } from '../../platform/scope.ts';
import { listProducts, modeOfUsageSuspension } from '../catalogue/index.ts';
import { standings, termsOf } from './alert-standing.ts';
import type { AlertAction, AlertChannel, AlertMark, AlertPeriod, LimitOf } from './alerts.ts';
import type { FigureUnit } from './meters.ts';
import { productsThatAllow, settleSuspensions } from './suspension-ends.ts';
// For the type of the event that it tells.
import type {} from './suspensions.ts';

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
			unit: FigureUnit;
			/** Per cent of the limit. */
			mark: AlertMark;
			/** Exact decimal text, in the meter's unit, like the value. */
			limit: string;
			limitOf: LimitOf;
			value: string;
			every: AlertPeriod;
			/** The first day of the period, and the day after its last. */
			period: string;
			periodEnd: string;
			/** Null for the owners and admins of the moment. */
			people: string[] | null;
			channels: AlertChannel[];
			/** Those who lead are asked what shall be done. */
			asks: boolean;
			/** The limit suspends the product: `now`, as `usage.suspended` tells, or `later`, at its end; else null. */
			suspends: 'now' | 'later' | null;
		};
	}
}

interface Fired {
	business_id: string;
	id: string;
	product_id: string;
	slug: string;
	name: string;
	unit: FigureUnit;
	amount: string;
	limit_of: LimitOf;
	value: string;
	every: AlertPeriod;
	period: string;
	period_end: string;
	people: string[] | null;
	channels: AlertChannel[];
	/** Null where nothing is told but the suspension. */
	mark: AlertMark | null;
	asks: boolean;
	action: AlertAction;
	/** The product is suspended by this limit now. */
	suspended: boolean;
	/** And was not before, by a lower one. */
	newly: boolean;
	until: Date;
}

/**
 * Fires the marks that use has passed in the running period, each once a period: a row for each, so that
 * of several processes that look at once one writes it. A limit that was raised fires anew, one that was
 * lowered or set back does not. Of marks that are passed together the highest is told, and none that
 * lies under one that was told. Whoever wants to be asked is asked with the last mark. Where the limit is to
 * suspend the product and the vendor allows it, it does so once a period, and again if it was raised.
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
	await settleSuspensions(scope, businessIds);
	const terms = await termsOf(scope, which);
	const allowing = await productsThatAllow(scope);
	// What has fired is left out before the insert, so that looking in vain writes nothing.
	const { rows } = await sql<Fired>`
		with standing as materialized (${standings(scope.now, terms, which)}),
		fired as (
			insert into usage.alert_firings as f
				(business_id, alert_id, period, period_end, mark, amount, value, fired_at)
			select s.business_id, s.id, s.period, s.period_end, passed.mark, s.amount, s.value, ${scope.now}
			from standing s cross join unnest(s.marks) as passed (mark)
			where s.value >= s.amount * passed.mark / 100 and not exists (
				select from usage.alert_firings known
				where known.business_id = s.business_id and known.alert_id = s.id
					and known.period = s.period and known.period_end = s.period_end
					and known.mark = passed.mark and known.amount >= s.amount
			)
			order by s.business_id, s.id, s.period, passed.mark
			on conflict (business_id, alert_id, period, mark) do update
				set period_end = excluded.period_end, amount = excluded.amount, value = excluded.value,
					fired_at = excluded.fired_at
				where f.amount < excluded.amount or f.period_end <> excluded.period_end
			returning business_id, alert_id, mark
		),
		told as (
			select s.business_id, s.id, max(fired.mark) as mark
			from standing s join fired on fired.business_id = s.business_id and fired.alert_id = s.id
			group by s.business_id, s.id, s.period, s.period_end, s.amount
			having max(fired.mark) > coalesce((
				select max(before.mark) from usage.alert_firings before
				where before.business_id = s.business_id and before.alert_id = s.id
					and before.period = s.period and before.period_end = s.period_end
					and before.amount >= s.amount
			), 0)
		),
		asked as (
			insert into usage.alert_questions
				(business_id, alert_id, period, period_end, amount, asked_at)
			select s.business_id, s.id, s.period, s.period_end, s.amount, ${scope.now}
			from standing s join told on told.business_id = s.business_id and told.id = s.id
			where s.action = 'ask' and told.mark = s.marks[cardinality(s.marks)]
			order by s.business_id, s.id
			on conflict do nothing
			returning business_id, alert_id
		),
		suspended as (
			insert into usage.suspensions
				(business_id, alert_id, product_id, period, period_end, amount, value, since, until)
			select s.business_id, s.id, s.product_id, s.period, s.period_end, s.amount, s.value, ${scope.now}, s.until
			from standing s
			where s.action = 'suspend' and s.product_id = any(${allowing}::text[])
				and s.value >= s.amount and s.until > ${scope.now} and not exists (
					select from usage.suspensions known
					where known.business_id = s.business_id and known.alert_id = s.id
						and known.period = s.period and known.period_end = s.period_end
						and known.amount >= s.amount
				)
			order by s.business_id, s.id
			on conflict do nothing
			returning business_id, alert_id
		)
		select s.business_id, s.id, s.product_id, s.slug, s.name, s.unit, s.amount::text, s.limit_of,
			s.value::text, s.every, s.period::text, s.period_end::text, s.people, s.channels, told.mark,
			exists (
				select from asked where asked.business_id = s.business_id and asked.alert_id = s.id
			) as asks,
			s.action, s.until, suspended.alert_id is not null as suspended, not exists (
				select from usage.suspensions known
				where known.business_id = s.business_id and known.alert_id = s.id
					and known.ended_at is null and known.until > ${scope.now}
			) as newly
		from standing s
		left join told on told.business_id = s.business_id and told.id = s.id
		left join suspended on suspended.business_id = s.business_id and suspended.alert_id = s.id
		where told.id is not null or suspended.alert_id is not null
		order by s.business_id, s.id`.execute(scope.db);
	if (rows.length === 0) return 0;
	const products = new Map((await listProducts(scope, {})).map((each) => [each.id, each]));
	for (const row of rows) {
		const product = products.get(row.product_id);
		if (!product) continue;
		const mode = modeOfUsageSuspension(product);
		const facts = {
			alertId: row.id,
			productId: row.product_id,
			product: product.name,
			meterName: row.name,
			unit: row.unit,
			limit: row.amount,
			limitOf: row.limit_of,
			value: row.value,
			every: row.every,
			people: row.people
		};
		if (row.mark !== null)
			await emit(
				scope,
				'usage.alert-fired',
				{
					...facts,
					meter: row.slug,
					mark: row.mark,
					period: row.period,
					periodEnd: row.period_end,
					channels: row.channels,
					asks: row.asks,
					suspends: row.suspended
						? 'now'
						: mode !== null && row.action === 'suspend'
							? 'later'
							: null
				},
				row.business_id
			);
		if (!row.suspended || !row.newly || mode === null) continue;
		const until = row.until.toISOString();
		await emit(scope, 'usage.suspended', { ...facts, mode, until }, row.business_id);
		await announce(scope, row.business_id, 'launch');
	}
	return rows.filter(({ mark }) => mark !== null).length;
}
