import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import {
	compareTerms,
	listPlans,
	readPlanVersion,
	readProduct,
	savePlanVersion,
	toMajor,
	toMinorDecimal,
	type PlanPrice,
	type PlanTerms
} from '../catalogue/index.ts';
import type { Interval, Price } from '../rating/index.ts';
import { selectAgreements } from './agreements.ts';
import { fixedMinor, isByTheUnit, isSomething } from './fixed-prices.ts';
import { PositiveDecimal } from './schemas.ts';

const SaveUsagePrices = v.object({
	/** The product's and the plan's slugs. */
	product: v.string(),
	plan: v.string(),
	prices: v.array(
		v.object({
			/** The meter's slug. */
			meter: v.pipe(v.string(), v.nonEmpty()),
			/** What a line for it says: `M-Pesa collections`. */
			label: v.pipe(v.string(), v.nonEmpty(), v.maxLength(120)),
			/** Free in each period. */
			included: v.optional(PositiveDecimal, '0'),
			/** Minor units of the plan's currency for one unit, exact: `90` or `0.5`. */
			unitMinor: PositiveDecimal
		})
	)
});

/**
 * Replaces what a plan asks for use, which makes a new version of it unless it says the same; running
 * subscriptions keep the prices they began with.
 */
export const saveUsagePrices = usecase(
	'billing.manage',
	SaveUsagePrices,
	async (scope, { product, plan, prices }) => {
		const { id } = await readPlan(scope, { product, plan });
		const last = await readPlanVersion(scope, { planId: id });
		const usage = prices.map((price): PlanPrice => ({
			slug: price.meter,
			kind: 'usage',
			label: price.label,
			meter: price.meter,
			price: {
				model: 'per_unit',
				unit_amount: toMajor(price.unitMinor, last.currency),
				...(isSomething(price.included) ? { included: price.included } : {})
			},
			taxClass: 'standard',
			taxIncluded: false
		}));
		const terms = { prices: [...last.prices.filter(({ kind }) => kind !== 'usage'), ...usage] };
		if (compareTerms(last, { ...last, ...terms }).length === 0) return;
		await savePlanVersion(scope, {
			product,
			plan,
			meters: prices.map(({ meter }) => meter),
			...terms
		});
	}
);

/** @throws NotFound */
export async function readPlan(scope: Scope, { product, plan }: { product: string; plan: string }) {
	const { id: productId } = await readProduct(scope, { slug: product });
	const found = (await listPlans(scope, {})).find(
		(candidate) => candidate.productId === productId && candidate.slug === plan
	);
	if (!found) throw new NotFound(`The plan ${plan.slice(0, 41)}`);
	return found;
}

export interface UsagePrice {
	meter: string;
	label: string;
	/** Free in each period; exact decimal. */
	included: string;
	/** Minor units for one unit beyond, exact decimal, may be finer than one; null where it is not by the unit. */
	unitMinor: string | null;
	price: Price;
}

export function usagePricesOf({ prices, currency }: PlanTerms): UsagePrice[] {
	return prices
		.flatMap(({ meter, label, price }) =>
			meter === null
				? []
				: {
						meter,
						label,
						included: includedIn(price),
						unitMinor: isByTheUnit(price) ? toMinorDecimal(price.unit_amount, currency) : null,
						price
					}
		)
		.sort((one, other) => (one.meter < other.meter ? -1 : 1));
}

/** What of a quantity is not charged, in the units that are billed. */
function includedIn(price: Price): string {
	return 'included' in price ? (price.included ?? '0') : '0';
}

export interface SubscriptionPrice {
	subscriptionId: string;
	/** A period before discounts: of the plan and its seats. */
	amountMinor: bigint;
	currency: string;
	interval: Interval;
	usage: UsagePrice[];
}

/** What each subscription that is not ended costs: for those who see money. */
export const listSubscriptionPrices = usecase(
	'billing.read',
	v.object({}),
	async (scope): Promise<SubscriptionPrice[]> =>
		(await selectAgreements(scope, { businessIds: [businessOf(scope)] })).map(
			({ id, terms, seats }) => ({
				subscriptionId: id,
				amountMinor: fixedMinor(terms, seats),
				currency: terms.currency,
				interval: terms.interval,
				usage: usagePricesOf(terms)
			})
		)
);

export interface IncludedQuantity {
	productId: string;
	/** The meter's slug. */
	meter: string;
	/** Free in each period; exact decimal, above zero. */
	quantity: string;
}

/** What the running subscriptions include of each meter, without money: every member may know it. */
export const listIncludedQuantities = usecase(
	'subscription.read',
	v.object({}),
	async (scope): Promise<IncludedQuantity[]> =>
		(await selectAgreements(scope, { businessIds: [businessOf(scope)] })).flatMap(
			({ product, terms }) =>
				usagePricesOf(terms)
					.filter(({ included }) => isSomething(included))
					.map(({ meter, included }) => ({ productId: product.id, meter, quantity: included }))
		)
);
