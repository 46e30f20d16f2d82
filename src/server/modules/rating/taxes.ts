import {
	decimal,
	decimalText,
	fromWhole,
	percentOf,
	plus,
	rounded,
	roundedQuotient
} from './decimal.ts';

/** VAT's standard rate in Kenya, per cent (Value Added Tax Act, 2013, section 5). */
export const standardTaxRate = '16';

/**
 * How a supply is taxed: at the standard rate, at the reduced one of petroleum products (section 5(2)),
 * zero-rated (second schedule), or exempt (first schedule). The last two come to nothing, and are told
 * apart on an invoice.
 */
export const taxClasses = ['standard', 'reduced', 'zero', 'exempt'] as const;
export type TaxClass = (typeof taxClasses)[number];

/** Per cent. A line keeps the rate that it was issued with. */
export const taxRates: Record<TaxClass, string> = {
	standard: standardTaxRate,
	reduced: '8',
	zero: '0',
	exempt: '0'
};

/** Whether amounts come without their tax or with it. */
export type TaxMode = 'exclusive' | 'inclusive';

export interface TaxedAmount {
	/** Minor units; before tax when exclusive, with it when inclusive. */
	amountMinor: bigint;
	/** Per cent, an exact decimal. */
	taxRate: string;
	/** Lines of one rate and different classes are added up apart. */
	taxClass?: TaxClass;
}

export interface TaxSum {
	rate: string;
	taxClass?: TaxClass;
	/** Before tax. */
	baseMinor: bigint;
	taxMinor: bigint;
}

export interface Totals {
	/** Before tax. */
	subtotalMinor: bigint;
	/** One for each rate and class, the highest first. */
	taxes: TaxSum[];
	taxMinor: bigint;
	totalMinor: bigint;
}

/**
 * Adds up rounded lines. Exclusive, tax is worked out once a rate and class, on the sum of its lines,
 * rounded half up. Inclusive, what is before tax is worked out of each line and rounded, and the tax is
 * the rest, so that the lines still come to what was asked. The total is the sum of what is printed.
 */
export function addUp(lines: readonly TaxedAmount[], mode: TaxMode = 'exclusive'): Totals {
	const sums = new Map<string, TaxSum>();
	for (const { amountMinor, taxRate, taxClass } of lines) {
		const rate = decimalText(decimal(taxRate));
		const key = `${rate} ${taxClass ?? ''}`;
		const sum = sums.get(key) ?? {
			rate,
			...(taxClass ? { taxClass } : {}),
			baseMinor: 0n,
			taxMinor: 0n
		};
		const netMinor = mode === 'inclusive' ? netOf(amountMinor, rate) : amountMinor;
		sum.baseMinor += netMinor;
		sum.taxMinor += amountMinor - netMinor;
		sums.set(key, sum);
	}
	const taxes = [...sums.values()].sort(highestFirst);
	if (mode === 'exclusive') for (const tax of taxes) tax.taxMinor = taxOn(tax.baseMinor, tax.rate);
	const subtotalMinor = total(taxes.map(({ baseMinor }) => baseMinor));
	const taxMinor = total(taxes.map((tax) => tax.taxMinor));
	return { subtotalMinor, taxes, taxMinor, totalMinor: subtotalMinor + taxMinor };
}

/** What of an amount with tax is before it, in minor units; the tax is the rest. */
export function netOf(grossMinor: bigint, rate: string): bigint {
	return roundedQuotient(fromWhole(grossMinor * 100n), plus(fromWhole(100), decimal(rate)));
}

function taxOn(baseMinor: bigint, rate: string): bigint {
	return rounded(percentOf(fromWhole(baseMinor), decimal(rate)));
}

function highestFirst(one: TaxSum, other: TaxSum): number {
	return (
		decimal(other.rate).cmp(decimal(one.rate)) ||
		(one.taxClass ? taxClasses.indexOf(one.taxClass) : -1) -
			(other.taxClass ? taxClasses.indexOf(other.taxClass) : -1)
	);
}

function total(amounts: readonly bigint[]): bigint {
	return amounts.reduce((sum, amount) => sum + amount, 0n);
}
