import { lineMinor, major, rate, type Price, type TaxClass } from '../rating/index.ts';
import { toMinorDecimal, type PlanTerms } from '../catalogue/index.ts';

/** What a plan asks for a period as such, by itself or for its seats, or once at the start. */
export interface FixedPrice {
	kind: 'plan' | 'seat' | 'one_off';
	/** The price's, of the version. */
	slug: string;
	label: string;
	/** Exact decimals; the unit, in minor units, is null where tiers or packages make the amount. */
	quantity: string;
	unitMinor: string | null;
	/** Major units. */
	exactAmount: string;
	/** Rounded once. */
	amountMinor: bigint;
	taxClass: TaxClass;
	taxIncluded: boolean;
}

const kinds = { flat: 'plan', seat: 'seat', one_off: 'one_off' } as const;

/** For one whole period; what is asked once is among them, for the first. */
export function fixedPrices(
	{ prices, currency }: Pick<PlanTerms, 'prices' | 'currency'>,
	seats: number | null
): FixedPrice[] {
	return prices.flatMap(({ slug, kind, label, price, taxClass, taxIncluded }) => {
		if (kind === 'usage' || kind === 'minimum') return [];
		const quantity = kind === 'seat' ? String(seats ?? 1) : '1';
		const { amount } = rate(price, price.model === 'flat' ? {} : { quantity });
		return {
			kind: kinds[kind],
			slug,
			label,
			quantity,
			unitMinor: unitOf(price, currency),
			exactAmount: amount,
			amountMinor: lineMinor(amount, currency),
			taxClass,
			taxIncluded
		};
	});
}

function unitOf(price: Price, currency: string): string | null {
	if (price.model === 'flat') return toMinorDecimal(price.amount, currency);
	return isByTheUnit(price) && !isSomething(price.included)
		? toMinorDecimal(price.unit_amount, currency)
		: null;
}

type UnitPrice = Extract<Price, { model: 'per_unit' }>;

/** Whether what goes beyond the included, times the rate, is the whole of it. */
export function isByTheUnit(price: Price): price is UnitPrice {
	if (price.model !== 'per_unit' || price.transform) return false;
	return ![price.free_units, price.minimum_spend, price.maximum_spend].some(isSomething);
}

export const isSomething = (text: string | null | undefined): boolean => /[1-9]/.test(text ?? '');

/** What a whole period costs, in major units: exact, before discounts and tax. */
export function fixedTotal(fixed: readonly FixedPrice[], currency: string): string {
	const minor = fixed
		.filter(({ kind }) => kind !== 'one_off')
		.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
	return major(minor, currency);
}
