import { civilDate } from '#lib/format/dates.ts';
import {
	listSubscriptionChanges,
	readAgreement,
	readNextOf,
	sellsSeats,
	type Agreement,
	type AppliedCoupon,
	type NextCharge,
	type Subscription,
	type SubscriptionChange
} from '#server/modules/billing/index.ts';
import { listPlans, listVersionsOf, type PlanPrice } from '#server/modules/catalogue/index.ts';
import { listAccesses } from '#server/modules/launch/index.ts';
import { listMeters, readQuantities } from '#server/modules/usage/index.ts';
import type { MemberScope } from '#server/web/page.ts';

/** How much of something the running period has used, and how much is included. */
export interface UsedMeter {
	slug: string;
	name: string;
	quantity: number;
	/** Null where nothing is. */
	included: number | null;
}

/** A plan that can be chosen. */
export interface PlanChoice {
	slug: string;
	name: string;
	prices: PlanPrice[];
	currency: string;
	interval: string;
	/** The version that the subscription is pinned to. */
	isCurrent: boolean;
	/** The same plan in another version. */
	isNewer: boolean;
}

export interface SubscriptionView {
	subscription: Subscription;
	agreement: Agreement;
	today: string;
	zone: string;
	now: Date;
	people: number;
	used: UsedMeter[];
	choices: PlanChoice[];
	coupons: AppliedCoupon[];
	next: NextCharge | null;
	history: SubscriptionChange[];
	sellsSeats: boolean;
}

export async function readSubscription(
	scope: MemberScope,
	subscription: Subscription
): Promise<SubscriptionView> {
	const { id, product } = subscription;
	const [agreement, { next, coupons }, history, accesses, meters] = await Promise.all([
		readAgreement(scope, { subscriptionId: id }),
		readNextOf(scope, { subscriptionId: id }),
		listSubscriptionChanges(scope, { subscriptionId: id }),
		listAccesses(scope, {}),
		listMeters(scope, {})
	]);
	const named = new Map(
		meters
			.filter((meter) => meter.productId === product.id)
			.map((meter) => [meter.slug, meter.name])
	);
	return {
		subscription,
		agreement,
		today: civilDate(scope.now, scope.actor.timeZone),
		zone: scope.actor.timeZone,
		now: scope.now,
		people: accesses.filter(({ productId }) => productId === product.id).length,
		used: subscription.status === 'ended' ? [] : await readUsed(scope, agreement, named),
		choices: subscription.status === 'ended' ? [] : await readChoices(scope, agreement),
		coupons,
		next,
		history,
		sellsSeats: sellsSeats(agreement.terms)
	};
}

async function readUsed(
	scope: MemberScope,
	{ product, period, terms }: Agreement,
	named: Map<string, string>
): Promise<UsedMeter[]> {
	const asked = terms.prices.flatMap(({ meter, label, price }) =>
		meter === null ? [] : [{ meter, label, included: 'included' in price ? price.included : null }]
	);
	const counted = await readQuantities(scope, {
		meters: asked.map(({ meter }) => ({ productId: product.id, meter, period }))
	});
	return asked.map(({ meter, label, included }) => ({
		slug: meter,
		name: named.get(meter) ?? label,
		quantity: Number(counted.find((one) => one.meter === meter)?.quantity ?? '0'),
		included: Number(included ?? '0') > 0 ? Number(included) : null
	}));
}

/** The plans on offer, the cheaper first as the vendor orders them. */
async function readChoices(
	scope: MemberScope,
	{ product, terms }: Agreement
): Promise<PlanChoice[]> {
	const plans = (await listPlans(scope, {})).filter(
		({ productId, retiredAt }) => productId === product.id && retiredAt === null
	);
	const versions = await listVersionsOf(scope, { planIds: plans.map(({ id }) => id) });
	return plans.flatMap(({ id, slug, name, version }) => {
		const offered = versions.find((each) => each.planId === id && each.version === version);
		if (!offered) return [];
		const { prices, currency, interval } = offered;
		const isSame = id === terms.planId;
		return {
			slug,
			name,
			prices,
			currency,
			interval,
			isCurrent: isSame && version === terms.version,
			isNewer: isSame && version !== terms.version
		};
	});
}
