import * as v from 'valibot';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts } from '../catalogue/index.ts';
import { selectAgreements, type Agreement } from './agreements.ts';
import { estimateNextBill, type NextBill, type RenewingSubscription } from './estimate.ts';
import { fixedMinor } from './fixed-prices.ts';
import { usagePricesOf } from './prices.ts';
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
	const [agreements, products] = await Promise.all([
		selectAgreements(scope, { businessIds: [businessOf(scope)] }),
		listProducts(scope, {})
	]);
	return products.flatMap(({ id }) => {
		const one = agreements.find(({ product }) => product.id === id);
		if (!one || !isRenewing(one)) return [];
		const { product, plan, terms, seats, anchorOn, period } = one;
		return {
			product,
			planName: plan.name,
			amountMinor: fixedMinor(terms, seats),
			currency: terms.currency,
			interval: terms.interval,
			anchorOn,
			period,
			renewsOn: period.end,
			usage: usagePricesOf(terms)
		};
	});
}

function isRenewing({ status, cancelsOn }: Agreement): boolean {
	return (status === 'active' || status === 'past_due') && cancelsOn === null;
}
