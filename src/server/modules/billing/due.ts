import { sql } from 'kysely';
import { authorize, type Scope } from '../../platform/scope.ts';
import { selectAgreements, type Agreement } from './agreements.ts';
import {
	listEndedPeriods,
	listPendingLines,
	type EndedPeriod,
	type PendingLine
} from './waiting.ts';

/** What is taken off the invoices of a subscription. */
export interface SubscriptionCoupon {
	subscriptionId: string;
	couponId: string;
	name: string;
	percent: string | null;
	amountMinor: bigint | null;
	currency: string | null;
	/** For how many periods still; null: for ever. */
	periodsLeft: number | null;
}

export interface DueSubscription {
	agreement: Agreement;
	pending: PendingLine[];
	ended: EndedPeriod[];
	/** The first that was shown comes first. */
	coupons: SubscriptionCoupon[];
}

/** Civil days that are reached somewhere: `today`, and the first day of which usage may still come. */
export interface Reached {
	today: string;
	counted: string;
}

const isReached = ({ today, counted }: Reached) => sql<boolean>`
	closes_on <= ${today}::date and (closes_on <= ${counted}::date or closes_on < period_end
		or status in ('trial', 'paused', 'ended'))`;

/**
 * Businesses of which closing has something to do, in the order of their ids: one look at an index, which is empty
 * when nothing is due. Of businesses in several zones some may not be there yet.
 */
export async function listDueBusinesses(
	scope: Scope,
	{ reached, after, limit }: { reached: Reached; after?: string | undefined; limit: number }
): Promise<string[]> {
	authorize(scope, 'billing.manage');
	const rows = await scope.db
		.selectFrom('billing.subscriptions')
		.select('business_id')
		.distinct()
		.where('closes_on', 'is not', null)
		.where(isReached(reached))
		.$if(after !== undefined, (query) => query.where('business_id', '>', after ?? ''))
		.orderBy('business_id')
		.limit(limit)
		.execute();
	return rows.map((row) => row.business_id);
}

/** How many subscriptions are due in how many businesses, since when, and when the next one is. */
export async function countDue(
	scope: Scope,
	reached: Reached
): Promise<{
	subscriptions: number;
	businesses: number;
	since: string | null;
	next: string | null;
}> {
	authorize(scope, 'closing.read');
	const is = sql`(${isReached(reached)})`;
	const row = await scope.db
		.selectFrom('billing.subscriptions')
		.select([
			sql<number>`(count(*) filter (where ${is}))::int`.as('subscriptions'),
			sql<number>`(count(distinct business_id) filter (where ${is}))::int`.as('businesses'),
			sql<string | null>`min(closes_on) filter (where ${is})`.as('since'),
			sql<string | null>`min(closes_on) filter (where not ${is})`.as('next')
		])
		.where('closes_on', 'is not', null)
		.executeTakeFirstOrThrow();
	return row;
}

/**
 * What is due of these businesses, locked until the transaction ends, with all that waits to be billed.
 *
 * @param wait for those who hold some of it just now; otherwise a business that somebody is at is left out whole
 */
export async function takeDue(
	scope: Scope,
	{
		businessIds,
		reached,
		wait
	}: { businessIds: readonly string[]; reached: Reached; wait: boolean }
): Promise<DueSubscription[]> {
	authorize(scope, 'billing.manage');
	const { db } = scope;
	const of = sql<string>`any(${[...businessIds]})`;
	const due = db
		.selectFrom('billing.subscriptions')
		.select(['business_id', 'id'])
		.where('business_id', '=', of)
		.where('closes_on', 'is not', null)
		.where(isReached(reached));
	const locked = await due
		.orderBy('business_id')
		.orderBy('id')
		.forUpdate()
		.$if(!wait, (query) => query.skipLocked())
		.execute();
	const held = wait ? locked : withoutPartlyLocked(locked, await due.execute());
	if (held.length === 0) return [];
	const subscriptionIds = held.map(({ id }) => id);
	const businesses = { businessIds: [...new Set(held.map((row) => row.business_id))] };
	const [agreements, pending, ended, coupons] = [
		await selectAgreements(scope, { ...businesses, subscriptionIds, ended: true }),
		bySubscription(await listPendingLines(scope, businesses)),
		bySubscription(await listEndedPeriods(scope, businesses)),
		bySubscription(await readCoupons(scope, { ...businesses, subscriptionIds }))
	];
	return agreements.map((agreement) => ({
		agreement,
		pending: pending.get(agreement.id) ?? [],
		ended: ended.get(agreement.id) ?? [],
		coupons: coupons.get(agreement.id) ?? []
	}));
}

/** Whoever has some of a business has all of it, so that its lines come on one invoice. */
function withoutPartlyLocked<R extends { business_id: string; id: string }>(
	locked: readonly R[],
	due: readonly R[]
): R[] {
	const mine = new Set(locked.map(({ id }) => id));
	const others = new Set(due.filter(({ id }) => !mine.has(id)).map((row) => row.business_id));
	return locked.filter((row) => !others.has(row.business_id));
}

const some = (ids: readonly string[]) => sql<string>`any(${[...ids]})`;

/** Coupons that still take something off. */
export async function readCoupons(
	{ db }: Scope,
	{
		businessIds,
		subscriptionIds
	}: { businessIds: readonly string[]; subscriptionIds: readonly string[] }
): Promise<SubscriptionCoupon[]> {
	return db
		.selectFrom('billing.subscription_coupons')
		.select(['subscription_id as subscriptionId', 'coupon_id as couponId', 'name', 'percent'])
		.select(['amount_minor as amountMinor', 'currency', 'periods_left as periodsLeft'])
		.where('business_id', '=', some(businessIds))
		.where('subscription_id', '=', some(subscriptionIds))
		.where((row) => row.or([row('periods_left', 'is', null), row('periods_left', '>', 0)]))
		.orderBy('added_at')
		.orderBy('coupon_id')
		.execute();
}

function bySubscription<R extends { subscriptionId: string }>(rows: readonly R[]) {
	return Map.groupBy(rows, ({ subscriptionId }) => subscriptionId);
}
