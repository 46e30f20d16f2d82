import { decimal, fromWhole, percentOf, rounded } from './decimal.ts';

/**
 * Spreads whole units by weights, by largest remainder: the parts always sum to the total. Where
 * remainders are equal, the earlier part takes the unit. A negative total is spread as its opposite.
 *
 * @throws RangeError for a negative weight, or where something is to be spread over nothing
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
	if (weights.some((weight) => weight < 0n)) throw new RangeError('A weight is not negative.');
	const whole = sum(weights);
	if (total === 0n) return weights.map(() => 0n);
	if (whole === 0n) throw new RangeError('There is nothing to spread over.');
	if (total < 0n) return allocate(-total, weights).map((part) => -part);
	const parts = weights.map((weight, index) => ({
		index,
		units: (total * weight) / whole,
		remainder: (total * weight) % whole
	}));
	const left = Number(total - sum(parts.map(({ units }) => units)));
	const first = parts
		.toSorted((one, other) => compare(other.remainder, one.remainder) || one.index - other.index)
		.slice(0, left);
	for (const part of first) part.units++;
	return parts.map(({ units }) => units);
}

/** Minor units, or per cent of what it is taken from, an exact decimal. */
export type Discount = { amountMinor: bigint } | { percent: string };

/**
 * What a discount takes off each of some lines, before tax. It never takes more than they come to
 * together; credits among them are left alone.
 *
 * @param amounts rounded lines in minor units
 * @returns what was taken in all, and from each line, in their order; minor units, not negative
 */
export function discount(
	amounts: readonly bigint[],
	by: Discount
): { appliedMinor: bigint; sharesMinor: bigint[] } {
	const weights = amounts.map((amount) => (amount > 0n ? amount : 0n));
	const most = sum(weights);
	const asked =
		'percent' in by ? rounded(percentOf(fromWhole(most), decimal(by.percent))) : by.amountMinor;
	if (asked < 0n) throw new RangeError('A discount is not negative.');
	const appliedMinor = asked < most ? asked : most;
	return { appliedMinor, sharesMinor: allocate(appliedMinor, weights) };
}

function sum(values: readonly bigint[]): bigint {
	return values.reduce((total, value) => total + value, 0n);
}

function compare(one: bigint, other: bigint): number {
	return one === other ? 0 : one < other ? -1 : 1;
}
