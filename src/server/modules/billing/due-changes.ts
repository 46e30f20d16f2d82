import { sql } from 'kysely';
import { authorize, type Scope } from '../../platform/scope.ts';
import type { Agreement } from './agreements.ts';
import { record, type Happening } from './history.ts';

/** What became of a subscription when it was closed. */
export interface ClosedSubscription {
	before: Agreement;
	after: Agreement;
	/** For its history, in their order. */
	happenings: Happening[];
}

export interface UsedCoupon {
	businessId: string;
	subscriptionId: string;
	couponId: string;
	periods: number;
}

/** Writes down what was closed, a statement a table; whoever closes holds the subscriptions (`takeDue`). */
export async function saveClosed(
	scope: Scope,
	{
		subscriptions,
		coupons
	}: { subscriptions: readonly ClosedSubscription[]; coupons: readonly UsedCoupon[] }
): Promise<void> {
	authorize(scope, 'billing.manage');
	await saveCourses(scope, subscriptions);
	await countDown(scope, coupons);
	await record(scope, ...subscriptions.flatMap(({ happenings }) => happenings));
}

async function saveCourses(
	{ db }: Scope,
	subscriptions: readonly ClosedSubscription[]
): Promise<void> {
	if (subscriptions.length === 0) return;
	const column = <T>(of: (closed: ClosedSubscription) => T): T[] => subscriptions.map(of);
	const after = <T>(of: (agreement: Agreement) => T): T[] =>
		column(({ after: agreement }) => of(agreement));
	await sql`
		update billing.subscriptions s set status = t.status, plan_id = t.plan_id,
			plan_version = t.plan_version, seats = t.seats, next_plan_id = t.next_plan_id,
			next_plan_version = t.next_plan_version, next_seats = t.next_seats, anchor_on = t.anchor_on,
			period_start = t.period_start, period_end = t.period_end, renews_on = t.renews_on,
			paused_on = t.paused_on, resumes_on = t.resumes_on, ended_on = t.ended_on,
			advance_billed_until = t.advance_billed_until, closes_on = t.closes_on,
			version = s.version + t.changes
		from unnest(
			${after(({ businessId }) => businessId)}::text[], ${after(({ id }) => id)}::text[],
			${after(({ status }) => status)}::text[], ${after(({ plan }) => plan.id)}::text[],
			${after(({ terms }) => terms.version)}::integer[], ${after(({ seats }) => seats)}::integer[],
			${after(({ next }) => next?.plan?.id ?? null)}::text[],
			${after(({ next }) => next?.plan?.terms.version ?? null)}::integer[],
			${after(({ next }) => next?.seats ?? null)}::integer[],
			${after(({ anchorOn }) => anchorOn)}::date[], ${after(({ period }) => period.start)}::date[],
			${after(({ period }) => period.end)}::date[], ${after(renewsOn)}::date[],
			${after(({ pausedOn }) => pausedOn)}::date[], ${after(({ resumesOn }) => resumesOn)}::date[],
			${after(({ endedOn }) => endedOn)}::date[],
			${after(({ advanceBilledUntil }) => advanceBilledUntil)}::date[],
			${after(({ closesOn }) => closesOn)}::date[],
			${column(({ happenings }) => (happenings.length > 0 ? 1 : 0))}::integer[]
		) as t (business_id, id, status, plan_id, plan_version, seats, next_plan_id, next_plan_version,
			next_seats, anchor_on, period_start, period_end, renews_on, paused_on, resumes_on, ended_on,
			advance_billed_until, closes_on, changes)
		where s.business_id = t.business_id and s.id = t.id`.execute(db);
}

function renewsOn({ status, cancelsOn, pausedOn, period }: Agreement): string | null {
	const runs = status === 'active' || status === 'past_due';
	return runs && cancelsOn === null && pausedOn === null ? period.end : null;
}

async function countDown({ db }: Scope, coupons: readonly UsedCoupon[]): Promise<void> {
	if (coupons.length === 0) return;
	await sql`
		update billing.subscription_coupons c set periods_left = greatest(c.periods_left - used.periods, 0)
		from unnest(${coupons.map(({ businessId }) => businessId)}::text[],
			${coupons.map(({ subscriptionId }) => subscriptionId)}::text[],
			${coupons.map(({ couponId }) => couponId)}::text[],
			${coupons.map(({ periods }) => periods)}::integer[])
			as used (business_id, subscription_id, coupon_id, periods)
		where c.business_id = used.business_id and c.subscription_id = used.subscription_id
			and c.coupon_id = used.coupon_id and c.periods_left is not null`.execute(db);
}
