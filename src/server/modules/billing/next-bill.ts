import * as v from 'valibot';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listProducts } from '../catalogue/index.ts';
import { selectAgreements } from './agreements.ts';
import { readCoupons } from './due.ts';
import { estimateNextBill, isMetered, type BilledAgreement, type NextBill } from './estimate.ts';
import { PositiveDecimal } from './schemas.ts';
import { selectPending } from './waiting.ts';

const Metered = v.object({
	productId: v.string(),
	/** The meter's slug. */
	meter: v.string(),
	quantity: PositiveDecimal,
	/** How many events made it up, for prices that ask for each. */
	events: v.optional(PositiveDecimal)
});

/** What the next invoice of the scope's business would be with the usage so far, or null when none comes. */
export const readNextBill = usecase(
	'billing.read',
	v.object({
		/**
		 * What the meters that `listMetersToBill` names have counted in their periods so far; or are expected to have
		 * counted in the end, for the bill as it is expected to be.
		 */
		metered: v.optional(v.array(Metered), [])
	}),
	async (scope, { metered }): Promise<NextBill | null> =>
		estimateNextBill(await readBilled(scope), metered)
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
		(await readBilled(scope)).flatMap(({ agreement: { product, terms, period, ...one } }) =>
			isMetered({ product, terms, period, ...one })
				? terms.prices.flatMap(({ meter }) =>
						meter === null ? [] : { productId: product.id, meter, period }
					)
				: []
		)
);

/** In the vendor's order of products. */
async function readBilled(scope: Scope): Promise<BilledAgreement[]> {
	const businessIds = [businessOf(scope)];
	const [agreements, products] = await Promise.all([
		selectAgreements(scope, { businessIds }),
		listProducts(scope, {})
	]);
	const subscriptionIds = agreements.map(({ id }) => id);
	const [pending, coupons] = await Promise.all([
		selectPending(scope, businessIds),
		readCoupons(scope, { businessIds, subscriptionIds })
	]);
	return products.flatMap(({ id }) => {
		const agreement = agreements.find(({ product }) => product.id === id);
		if (!agreement) return [];
		return {
			agreement,
			pending: pending.filter(({ subscriptionId }) => subscriptionId === agreement.id),
			coupons: coupons.filter(({ subscriptionId }) => subscriptionId === agreement.id)
		};
	});
}
