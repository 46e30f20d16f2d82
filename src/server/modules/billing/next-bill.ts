import * as v from 'valibot';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listPlans, listProducts } from '../catalogue/index.ts';
import { estimateNextBill, type NextBill, type RenewingSubscription } from './estimate.ts';
import { readPricesOf } from './prices.ts';
import { PositiveDecimal } from './schemas.ts';

const Metered = v.object({
	productId: v.string(),
	/** The meter's slug. */
	meter: v.string(),
	quantity: PositiveDecimal
});

/**
 * What the next invoice of the scope's business would be with the usage so far, or null when no
 * subscription renews. Trials add nothing until they become active.
 */
export const readNextBill = usecase(
	'billing.read',
	v.object({
		/** What the meters that `listMetersToBill` names have counted in their periods so far. */
		metered: v.optional(v.array(Metered), [])
	}),
	async (scope, { metered }): Promise<NextBill | null> =>
		estimateNextBill(await readRenewing(scope), metered)
);

export interface MeterToBill {
	productId: string;
	meter: string;
	/** The running period, half-open: the usage in it is on the next bill. */
	period: { start: string; end: string };
}

/** Which meters make up the usage on the next bill, and since when. */
export const listMetersToBill = usecase(
	'billing.read',
	v.object({}),
	async (scope): Promise<MeterToBill[]> =>
		(await readRenewing(scope)).flatMap(({ product, period, usage }) =>
			usage.map(({ meter }) => ({ productId: product.id, meter, period }))
		)
);

async function readRenewing(scope: Scope): Promise<RenewingSubscription[]> {
	const businessId = businessOf(scope);
	const [rows, prices, products, plans] = await Promise.all([
		scope.db
			.selectFrom('billing.subscriptions')
			.select([
				'id',
				'product_id',
				'plan_id',
				'amount_minor',
				'currency',
				'anchor_on',
				'period_start',
				'period_end',
				'renews_on'
			])
			.where('business_id', '=', businessId)
			.where('renews_on', 'is not', null)
			.execute(),
		readPricesOf(scope, businessId),
		listProducts(scope, {}),
		listPlans(scope, {})
	]);
	return products.flatMap(({ id, slug, name }) => {
		const row = rows.find((candidate) => candidate.product_id === id);
		if (!row?.renews_on) return [];
		return {
			product: { id, slug, name },
			planName: plans.find((plan) => plan.id === row.plan_id)?.name ?? '',
			amountMinor: row.amount_minor,
			currency: row.currency,
			anchorOn: row.anchor_on,
			period: { start: row.period_start, end: row.period_end },
			renewsOn: row.renews_on,
			usage: prices.get(row.id) ?? []
		};
	});
}
