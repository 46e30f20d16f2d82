import { decimal, decimalText, fromWhole, percentOf, rounded } from './decimal.ts';

/** VAT's standard rate in Kenya, per cent (Value Added Tax Act, 2013, section 5). */
export const standardTaxRate = '16';

export interface TaxedAmount {
	/** Minor units before tax. */
	amountMinor: bigint;
	/** Per cent, an exact decimal. */
	taxRate: string;
}

export interface Totals {
	subtotalMinor: bigint;
	/** One for each rate, the highest first. */
	taxes: { rate: string; baseMinor: bigint; taxMinor: bigint }[];
	taxMinor: bigint;
	totalMinor: bigint;
}

/**
 * Adds up rounded lines. Tax is worked out once a rate, on the sum of its lines, rounded half up; the
 * total is the sum of what is printed.
 */
export function addUp(lines: readonly TaxedAmount[]): Totals {
	const bases = new Map<string, bigint>();
	for (const { amountMinor, taxRate } of lines) {
		const rate = decimalText(decimal(taxRate));
		bases.set(rate, (bases.get(rate) ?? 0n) + amountMinor);
	}
	const taxes = [...bases]
		.map(([rate, baseMinor]) => ({ rate, baseMinor, taxMinor: taxOn(baseMinor, rate) }))
		.sort((one, other) => Number(other.rate) - Number(one.rate));
	const subtotalMinor = sum(lines.map(({ amountMinor }) => amountMinor));
	const taxMinor = sum(taxes.map((tax) => tax.taxMinor));
	return { subtotalMinor, taxes, taxMinor, totalMinor: subtotalMinor + taxMinor };
}

function taxOn(baseMinor: bigint, rate: string): bigint {
	return rounded(percentOf(fromWhole(baseMinor), decimal(rate)));
}

function sum(amounts: bigint[]): bigint {
	return amounts.reduce((total, amount) => total + amount, 0n);
}
