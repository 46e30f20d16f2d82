import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
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
	type Plan,
	type PlanPrice
} from '../catalogue/index.ts';
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

const isSomething = (text: string | null | undefined): boolean => /[1-9]/.test(text ?? '');

/**
 * What a subscription to a plan begins with, as billing can ask for it today: a month in advance, and usage by the
 * unit. @throws Conflict `not_billed_yet` for a version that asks otherwise
 */
export async function readAgreement(
	scope: Scope,
	plan: Plan
): Promise<{ version: number; usage: UsagePrice[] }> {
	const { version, interval, inAdvance, currency, prices } = await readPlanVersion(scope, {
		planId: plan.id,
		version: plan.version
	});
	const usage = prices.flatMap(({ kind, meter, label, price, taxClass, taxIncluded }) => {
		const plain = taxClass === 'standard' && !taxIncluded;
		if (plain && kind === 'flat') return [];
		if (
			!plain ||
			meter === null ||
			price.model !== 'per_unit' ||
			price.transform ||
			isSomething(price.free_units) ||
			isSomething(price.minimum_spend) ||
			isSomething(price.maximum_spend)
		)
			throw notBilledYet(plan);
		return {
			meter,
			label,
			included: price.included ?? '0',
			unitMinor: toMinorDecimal(price.unit_amount, currency)
		};
	});
	if (interval !== 'month' || !inAdvance) throw notBilledYet(plan);
	return { version, usage };
}

function notBilledYet({ name }: Plan): Conflict {
	return new Conflict(
		'not_billed_yet',
		`The plan ${name} cannot be begun here yet. Ask us, and we set it up for you.`
	);
}

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
	/** Minor units for one unit beyond; exact decimal, may be finer than one. */
	unitMinor: string;
}

/** The agreed prices of usage by subscription; one of another business is not told. */
export async function readPricesOf(
	{ db }: Scope,
	businessId: string
): Promise<Map<string, UsagePrice[]>> {
	const rows = await db
		.selectFrom('billing.subscription_prices')
		.select(['subscription_id', 'meter', 'label', 'included', 'unit_minor'])
		.where('business_id', '=', businessId)
		.orderBy('meter')
		.execute();
	const prices = new Map<string, UsagePrice[]>();
	for (const row of rows) {
		const price = {
			meter: row.meter,
			label: row.label,
			included: row.included,
			unitMinor: row.unit_minor
		};
		prices.set(row.subscription_id, [...(prices.get(row.subscription_id) ?? []), price]);
	}
	return prices;
}

export interface SubscriptionPrice {
	subscriptionId: string;
	/** A month before tax. */
	amountMinor: bigint;
	currency: string;
	usage: UsagePrice[];
}

/** What each subscription that is not ended costs: for those who see money. */
export const listSubscriptionPrices = usecase(
	'billing.read',
	v.object({}),
	async (scope): Promise<SubscriptionPrice[]> => {
		const businessId = businessOf(scope);
		const [rows, prices] = await Promise.all([
			scope.db
				.selectFrom('billing.subscriptions')
				.select(['id', 'amount_minor', 'currency'])
				.where('business_id', '=', businessId)
				.where('status', '<>', 'ended')
				.orderBy('id')
				.execute(),
			readPricesOf(scope, businessId)
		]);
		return rows.map((row) => ({
			subscriptionId: row.id,
			amountMinor: row.amount_minor,
			currency: row.currency,
			usage: prices.get(row.id) ?? []
		}));
	}
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
		scope.db
			.selectFrom('billing.subscriptions as s')
			.innerJoin('billing.subscription_prices as p', (join) =>
				join.onRef('p.business_id', '=', 's.business_id').onRef('p.subscription_id', '=', 's.id')
			)
			.select(['s.product_id as productId', 'p.meter', 'p.included as quantity'])
			.where('s.business_id', '=', businessOf(scope))
			.where('s.status', '<>', 'ended')
			.where('p.included', '>', '0')
			.orderBy('s.product_id')
			.orderBy('p.meter')
			.execute()
);
