import { sql } from 'kysely';
import type { Scope } from '../../platform/scope.ts';
import { readBusiness } from '../businesses/index.ts';
import { readAgreements } from '../billing/index.ts';
import { boundaryAfter, civilDate, startOfDay, type Period } from '../rating/index.ts';
import type { AlertMark } from './alerts.ts';
import { readSpend, type Spend } from './spend.ts';
import type { SpendAction, SpendPeriod } from './spend-limits.ts';
import { productsThatAllow } from './suspension-ends.ts';
import { tellEnded, type Ended } from './suspensions.ts';

/** A limit of spending, and how it stands in its running period. */
export interface SpendStanding {
	businessId: string;
	id: string;
	/** Null for all products together. */
	productId: string | null;
	amountMinor: bigint;
	currency: string;
	every: SpendPeriod;
	marks: AlertMark[];
	people: string[] | null;
	channels: ('bell' | 'mail')[];
	action: SpendAction;
	/** Null where the product's subscription does not run. */
	period: Period | null;
	/** The moment at which the period ends. */
	until: Date | null;
	spentMinor: bigint;
	/** What it is made of, the product that costs most first. */
	spend: Spend[];
}

interface Row {
	business_id: string;
	id: string;
	product_id: string | null;
	amount: string;
	currency: string;
	period: SpendPeriod;
	marks: AlertMark[];
	people: string[] | null;
	channels: ('bell' | 'mail')[];
	action: SpendAction;
}

/** How the limits of spending of these businesses stand; null looks at all that the scope reaches. */
export async function spendStandings(
	scope: Scope,
	businessIds: readonly string[] | null
): Promise<SpendStanding[]> {
	const { rows } = await sql<Row>`
		select business_id, id, product_id, amount::text, currency, period, marks, people, channels, action
		from usage.alerts
		where limit_of = 'spend' and removed_at is null
			and ${businessIds === null ? sql`true` : sql`business_id = any(${[...businessIds]}::text[])`}
		order by business_id, id`.execute(scope.db);
	const standings: SpendStanding[] = [];
	for (const [businessId, limits] of Map.groupBy(rows, (row) => row.business_id)) {
		const { timeZone } = await readBusiness(
			scope,
			scope.actor.kind === 'member' ? {} : { businessId }
		);
		const agreements = await readAgreements(scope, { businessIds: [businessId] });
		const month = `${civilDate(scope.now, timeZone).slice(0, 7)}-01`;
		const spend = {
			month: limits.some(({ period }) => period === 'month')
				? await readSpend(scope, { businessId, since: month, timeZone })
				: [],
			subscription: limits.some(({ period }) => period === 'subscription')
				? await readSpend(scope, { businessId, since: null, timeZone })
				: []
		};
		for (const row of limits) {
			const period =
				row.period === 'month'
					? { start: month, end: boundaryAfter(month, month) }
					: (agreements.find(({ product }) => product.id === row.product_id)?.period ?? null);
			const of = spend[row.period]
				.filter(
					({ productId, currency }) =>
						currency === row.currency && (row.product_id === null || productId === row.product_id)
				)
				.sort((one, other) => (one.amountMinor < other.amountMinor ? 1 : -1));
			standings.push({
				businessId,
				id: row.id,
				productId: row.product_id,
				amountMinor: BigInt(row.amount.split('.')[0] ?? '0'),
				currency: row.currency,
				every: row.period,
				marks: row.marks,
				people: row.people,
				channels: row.channels,
				action: row.action,
				period,
				until: period && startOfDay(period.end, timeZone),
				spentMinor: of.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
				spend: of
			});
		}
	}
	return standings;
}

/**
 * Ends what limits of spending have stopped and whose reason is gone: as `settleSuspensions` does for limits of use.
 * @param businessIds null looks at every business that the scope reaches
 */
export async function settleSpendSuspensions(
	scope: Scope,
	businessIds: readonly string[] | null
): Promise<void> {
	const { rows: open } = await sql<{
		business_id: string;
		alert_id: string;
		product_id: string;
		period: string;
		period_end: string;
		amount: string;
		until: Date;
	}>`
		select s.business_id, s.alert_id, s.product_id, s.period::text, s.period_end::text, s.amount::text, s.until
		from usage.suspensions s
		join usage.alerts a on a.business_id = s.business_id and a.id = s.alert_id and a.limit_of = 'spend'
		where s.ended_at is null
			and ${businessIds === null ? sql`true` : sql`s.business_id = any(${[...businessIds]}::text[])`}
		order by s.business_id, s.alert_id, s.product_id`.execute(scope.db);
	if (open.length === 0) return;
	const standings = await spendStandings(scope, [...new Set(open.map((row) => row.business_id))]);
	const allowing = await productsThatAllow(scope);
	const ended: Ended[] = [];
	for (const row of open) {
		const standing = standings.find(({ id }) => id === row.alert_id);
		const reached = BigInt(row.amount.split('.')[0] ?? '0');
		const why =
			row.until <= scope.now
				? 'period'
				: !allowing.includes(row.product_id)
					? 'vendor'
					: standing?.action !== 'suspend' ||
						  standing.period?.start !== row.period ||
						  standing.period.end !== row.period_end
						? 'changed'
						: standing.amountMinor > reached && standing.spentMinor < standing.amountMinor
							? 'raised'
							: null;
		if (!why) continue;
		const { numAffectedRows } = await sql`
			update usage.suspensions
			set ended_at = ${why === 'period' ? sql`until` : sql`greatest(since, ${scope.now})`},
				ended_for = ${why}, ended_by = ${scope.actor.kind === 'member' ? scope.actor.personId : null}
			where business_id = ${row.business_id} and alert_id = ${row.alert_id}
				and period = ${row.period}::date and period_end = ${row.period_end}::date
				and amount = ${row.amount}::numeric and product_id = ${row.product_id}
				and ended_at is null`.execute(scope.db);
		// Of several that look at once one ends it and tells.
		if (numAffectedRows)
			ended.push({
				business_id: row.business_id,
				alert_id: row.alert_id,
				product_id: row.product_id,
				name: spending,
				why
			});
	}
	await tellEnded(scope, ended);
}

/** What is limited, where a meter's name stands otherwise. */
export const spending = 'Spending';
