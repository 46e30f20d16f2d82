import { sql } from 'kysely';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { authorize, type Scope, type System } from '../../platform/scope.ts';
import { listProducts, modeOfUsageSuspension } from '../catalogue/index.ts';
import type { AlertMark } from './alerts.ts';
import {
	settleSpendSuspensions,
	spending,
	spendStandings,
	type SpendStanding
} from './spend-standings.ts';
import type { SpendPeriod } from './spend-limits.ts';
import { productsThatAllow } from './suspension-ends.ts';
// For the type of the event that it tells.
import type {} from './suspensions.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** What use costs has passed a mark of a limit that a business set. */
		'usage.spend-reached': {
			alertId: string;
			/** The one that costs most, and the one that is limited: null where all are together. */
			productId: string;
			product: string | null;
			mark: AlertMark;
			/** Minor units before tax. */
			limitMinor: string;
			spentMinor: string;
			currency: string;
			every: SpendPeriod;
			/** The first day of the period, and the day after its last. */
			period: string;
			periodEnd: string;
			people: string[] | null;
			channels: ('bell' | 'mail')[];
			/** The whole limit stops products: `now`, as `usage.suspended` tells, or `later`, at its end; else null. */
			suspends: 'now' | 'later' | null;
		};
	}
}

/**
 * Fires the marks of limits of spending that were passed, each once a period, the highest of those passed together,
 * and stops products where a limit is a cap. Rows with unique keys tell who of several processes tells.
 *
 * @param businessIds null looks at every business
 * @returns how many were told
 */
export async function fireSpendLimits(
	scope: Scope<System>,
	businessIds: readonly string[] | null
): Promise<number> {
	authorize(scope, 'alert.read');
	await settleSpendSuspensions(scope, businessIds);
	const standings = await spendStandings(scope, businessIds);
	if (standings.length === 0) return 0;
	const allowing = await productsThatAllow(scope);
	let told = 0;
	for (const standing of standings) {
		if (!standing.period || !standing.until || standing.until <= scope.now) continue;
		const mark = await fire(scope, standing, standing.period);
		const stopped = await stop(scope, standing, allowing);
		const [most] = standing.spend;
		if (mark === null || !most) continue;
		told += 1;
		await emit(
			scope,
			'usage.spend-reached',
			{
				alertId: standing.id,
				productId: most.productId,
				product: standing.productId === null ? null : most.product,
				mark,
				limitMinor: String(standing.amountMinor),
				spentMinor: String(standing.spentMinor),
				currency: standing.currency,
				every: standing.every,
				period: standing.period.start,
				periodEnd: standing.period.end,
				people: standing.people,
				channels: standing.channels,
				suspends: stopped ? 'now' : standing.action === 'suspend' ? 'later' : null
			},
			standing.businessId
		);
	}
	return told;
}

/** @returns the highest mark that fired now, null where none did or a higher one had before */
async function fire(
	scope: Scope<System>,
	{ businessId, id, amountMinor, spentMinor, marks }: SpendStanding,
	period: { start: string; end: string }
): Promise<AlertMark | null> {
	const passed = marks.filter((mark) => spentMinor * 100n >= amountMinor * BigInt(mark));
	if (passed.length === 0) return null;
	const { rows } = await sql<{ mark: AlertMark | null }>`
		with before as (
			select coalesce(max(mark), 0) as mark from usage.alert_firings
			where business_id = ${businessId} and alert_id = ${id} and period = ${period.start}::date
				and period_end = ${period.end}::date and amount >= ${String(amountMinor)}::numeric
		),
		fired as (
			insert into usage.alert_firings as f
				(business_id, alert_id, period, period_end, mark, amount, value, fired_at)
			select ${businessId}, ${id}, ${period.start}::date, ${period.end}::date, mark,
				${String(amountMinor)}::numeric, ${String(spentMinor)}::numeric, ${scope.now}
			from unnest(${passed}::int[]) as passed (mark)
			where not exists (
				select from usage.alert_firings known
				where known.business_id = ${businessId} and known.alert_id = ${id}
					and known.period = ${period.start}::date and known.period_end = ${period.end}::date
					and known.mark = passed.mark and known.amount >= ${String(amountMinor)}::numeric
			)
			on conflict (business_id, alert_id, period, mark) do update
				set period_end = excluded.period_end, amount = excluded.amount, value = excluded.value,
					fired_at = excluded.fired_at
				where f.amount < excluded.amount or f.period_end <> excluded.period_end
			returning mark
		)
		select max(fired.mark) as mark from fired, before having max(fired.mark) > max(before.mark)`.execute(
		scope.db
	);
	return rows[0]?.mark ?? null;
}

/** Stops the products of a cap that is reached, as far as the vendor lets it. @returns whether it stopped any now */
async function stop(
	scope: Scope<System>,
	standing: SpendStanding,
	allowing: readonly string[]
): Promise<boolean> {
	const { businessId, id, amountMinor, spentMinor, period, until } = standing;
	if (standing.action !== 'suspend' || !period || !until || spentMinor < amountMinor) return false;
	const stoppable = standing.spend
		.map(({ productId }) => productId)
		.filter((productId) => allowing.includes(productId))
		.sort();
	if (stoppable.length === 0) return false;
	const { rows } = await sql<{ product_id: string }>`
		insert into usage.suspensions
			(business_id, alert_id, product_id, period, period_end, amount, value, since, until)
		select ${businessId}, ${id}, product_id, ${period.start}::date, ${period.end}::date,
			${String(amountMinor)}::numeric, ${String(spentMinor)}::numeric, ${scope.now}, ${until}
		from unnest(${stoppable}::text[]) as stoppable (product_id)
		where not exists (
			select from usage.suspensions known
			where known.business_id = ${businessId} and known.alert_id = ${id}
				and known.period = ${period.start}::date and known.period_end = ${period.end}::date
				and known.product_id = stoppable.product_id
				and known.amount >= ${String(amountMinor)}::numeric
		)
		on conflict do nothing
		returning product_id`.execute(scope.db);
	const products = await listProducts(scope, {});
	for (const { product_id } of rows) {
		const product = products.find((one) => one.id === product_id);
		const mode = product ? modeOfUsageSuspension(product) : null;
		if (!product || mode === null) continue;
		await emit(
			scope,
			'usage.suspended',
			{
				alertId: id,
				productId: product_id,
				product: product.name,
				meterName: spending,
				mode,
				limit: String(amountMinor),
				limitOf: 'spend',
				value: String(spentMinor),
				unit: 'money',
				every: standing.every,
				until: until.toISOString(),
				people: standing.people
			},
			businessId
		);
	}
	if (rows.length > 0) await announce(scope, businessId, 'launch');
	return rows.length > 0;
}
