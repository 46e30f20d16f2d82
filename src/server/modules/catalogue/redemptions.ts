import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { Invalid } from '../../platform/errors.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { CouponCode, selectCoupons, type Coupon } from './coupons.ts';
import { listPlans } from './plans.ts';

const Shown = v.object({
	code: CouponCode,
	/** Whose it would be; a member's door is confined to their own. */
	business: v.optional(BusinessId),
	/** The plan's id. */
	plan: v.string()
});

/**
 * Whether a business may begin a plan with this code, and what it gives.
 * @throws Invalid at `code`, with one of the codes `coupon_unknown`, `coupon_ended`, `coupon_expired`, `coupon_plan`,
 * `coupon_currency`, `coupon_used_up`, `coupon_used`
 */
export const checkCoupon = usecase('catalogue.read', Shown, (scope, input): Promise<Coupon> => {
	const confined = scope.actor.kind === 'member' || scope.actor.kind === 'product';
	return check(scope, {
		...input,
		businessId: !confined && input.business ? input.business : businessOf(scope)
	});
});

async function check(
	scope: Scope,
	{ code, businessId, plan: planId }: { code: string; businessId: string; plan: string }
): Promise<Coupon> {
	const { db, now } = scope;
	const [[coupon], plans] = await Promise.all([selectCoupons(scope, code), listPlans(scope, {})]);
	if (!coupon) throw refused('coupon_unknown', 'There is no coupon with this code.');
	if (coupon.endedAt) throw refused('coupon_ended', 'This coupon is not taken any more.');
	if (coupon.expiresAt && coupon.expiresAt <= now)
		throw refused('coupon_expired', 'This coupon has expired.');
	const plan = plans.find(({ id }) => id === planId);
	if (!plan || (coupon.planIds.length > 0 && !coupon.planIds.includes(planId)))
		throw refused('coupon_plan', 'This coupon is not for this plan.');
	if (coupon.currency !== null && coupon.currency !== plan.currency)
		throw refused(
			'coupon_currency',
			`This coupon takes off ${coupon.currency}, and the plan is in ${plan.currency}.`
		);
	if (coupon.limitInAll !== null && coupon.redeemed >= coupon.limitInAll)
		throw refused('coupon_used_up', 'This coupon has been used as often as it may be.');
	if (coupon.limitPerBusiness !== null) {
		const { used } = await db
			.selectFrom('catalogue.redemptions')
			.select(({ fn }) => fn.countAll<string>().as('used'))
			.where('business_id', '=', businessId)
			.where('coupon_id', '=', coupon.id)
			.executeTakeFirstOrThrow();
		if (Number(used) >= coupon.limitPerBusiness)
			throw refused('coupon_used', 'Your business has used this coupon already.');
	}
	return coupon;
}

function refused(code: string, message: string): Invalid {
	return new Invalid([{ path: 'code', message, code }]);
}

/**
 * Writes down that a business used a coupon for a subscription: once, however often it is asked. Of two that use the
 * last one at the same time, one is refused.
 * @throws Invalid as `checkCoupon` does
 */
export const redeemCoupon = usecase(
	'billing.manage',
	v.object({ ...Shown.entries, business: BusinessId, subscriptionId: v.string() }),
	async (scope, { code, business, plan, subscriptionId }): Promise<Coupon> => {
		const { db, now } = scope;
		await db
			.selectFrom('catalogue.coupons')
			.select('id')
			.where('code', '=', code)
			.forUpdate()
			.execute();
		const [known] = await selectCoupons(scope, code);
		const before = await db
			.selectFrom('catalogue.redemptions')
			.select('redeemed_at')
			.where('business_id', '=', business)
			.where('coupon_id', '=', known?.id ?? '')
			.where('subscription_id', '=', subscriptionId)
			.executeTakeFirst();
		if (known && before) return known;
		const coupon = await check(scope, { code, businessId: business, plan });
		await db
			.insertInto('catalogue.redemptions')
			.values({
				business_id: business,
				coupon_id: coupon.id,
				subscription_id: subscriptionId,
				redeemed_at: now
			})
			.execute();
		await db
			.updateTable('catalogue.coupons')
			.set((row) => ({ redeemed: row('redeemed', '+', 1) }))
			.where('id', '=', coupon.id)
			.execute();
		return { ...coupon, redeemed: coupon.redeemed + 1 };
	}
);

export interface Redemption {
	businessId: string;
	subscriptionId: string;
	redeemedAt: Date;
}

/** Who used a coupon, the latest first. `next` continues behind the last, null at the end. */
export const listRedemptions = usecase(
	'catalogue.manage',
	v.object({
		couponId: v.string(),
		limit: v.optional(PageSize, 25),
		after: v.optional(CursorOf('sub'))
	}),
	async (
		{ db },
		{ couponId, limit, after }
	): Promise<{ redemptions: Redemption[]; next: string | null }> => {
		const rows = await db
			.selectFrom('catalogue.redemptions')
			.select(['business_id', 'subscription_id as id', 'redeemed_at as at'])
			.where('coupon_id', '=', couponId)
			.$if(after !== undefined, (query) =>
				query.where(sql<boolean>`(redeemed_at, subscription_id) < (${after?.at}, ${after?.id})`)
			)
			.orderBy('redeemed_at', 'desc')
			.orderBy('subscription_id', 'desc')
			.limit(limit + 1)
			.execute();
		const { page, next } = cutPage(rows, limit, ({ at }) => at);
		return {
			redemptions: page.map(({ business_id: businessId, id: subscriptionId, at: redeemedAt }) => ({
				businessId,
				subscriptionId,
				redeemedAt
			})),
			next
		};
	}
);
