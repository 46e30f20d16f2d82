import Big from 'big.js';

/** An exact decimal number. */
export type Decimal = Big;

/** What is accepted as a decimal: PostgreSQL's numeric as text, no exponents. */
export const decimalPattern = /^-?\d{1,20}(\.\d{1,12})?$/;

/** Digits behind the point of a quotient that has no end. */
const quotientDigits = 12;

/** Divides towards nothing and to whole numbers, so that whatever is left over is known exactly. */
const Whole = Big();
Whole.DP = 0;
Whole.RM = Big.roundDown;

export const nothing: Decimal = new Big(0);

/** @throws RangeError for text that is no decimal number */
export function decimal(text: string): Decimal {
	if (!decimalPattern.test(text)) throw new RangeError(`${text} is not a decimal number.`);
	return new Big(text);
}

/** Digits that an amount or quantity has at most, before and behind the point together. */
export const mostDigits = 15;

/** Digits before and behind the point; zeros at either end count where they hold a place only. */
export function digitsOf(value: Decimal): number {
	const behind = Math.max(0, value.c.length - value.e - 1);
	return Math.max(1, value.e + 1) + behind;
}

/** What this module has reckoned itself, which may be longer than what it accepts. */
export function exact(text: string): Decimal {
	if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RangeError(`${text} is not a decimal number.`);
	return new Big(text);
}

export function fromWhole(value: bigint | number): Decimal {
	return new Big(value.toString());
}

export function plus(one: Decimal, other: Decimal): Decimal {
	return one.plus(other);
}

export function times(one: Decimal, other: Decimal): Decimal {
	return one.times(other);
}

export function minus(one: Decimal, other: Decimal): Decimal {
	return one.minus(other);
}

/** A hundredth for each per cent: multiplying stays exact. */
export function percentOf(base: Decimal, percent: Decimal): Decimal {
	return base.times(percent).times(hundredth);
}
const hundredth = new Big('0.01');

export function sumOf(values: readonly Decimal[]): Decimal {
	return values.reduce((total, value) => total.plus(value), nothing);
}

export function least(one: Decimal, other: Decimal): Decimal {
	return one.lt(other) ? one : other;
}

export function greatest(one: Decimal, other: Decimal): Decimal {
	return one.gt(other) ? one : other;
}

/** Times ten to a power, which is exact: major units into minor ones and back. */
export function shifted(value: Decimal, places: number): Decimal {
	return value.times(new Big(`1e${places}`));
}

/** To a whole number; halves go away from zero, so that a credit mirrors its charge. */
export function rounded(value: Decimal): bigint {
	return BigInt(value.toFixed(0, Big.roundHalfUp));
}

/**
 * A quotient as a whole number; halves go away from zero. It is rounded once, from the exact fraction,
 * and not from a quotient that was cut off before.
 *
 * @param by above zero
 */
export function roundedQuotient(value: Decimal, by: Decimal): bigint {
	const whole = quotient(value, by);
	const left = new Big(value).minus(whole.times(by)).abs().times(2);
	return BigInt(whole.toFixed(0)) + (left.lt(by) ? 0n : value.lt(0) ? -1n : 1n);
}

/** How many whole pieces of a size a value begins (up) or fills (down). */
export function pieces(value: Decimal, size: Decimal, mode: 'up' | 'down'): Decimal {
	const whole = quotient(value, size);
	return mode === 'up' && whole.times(size).lt(value) ? whole.plus(1) : whole;
}

function quotient(value: Decimal, by: Decimal): Decimal {
	return new Big(new Whole(value).div(by));
}

/** A quotient to be shown: exact where it ends within twelve decimals, else rounded there. */
export function shownQuotient(value: Decimal, by: Decimal): string {
	const scaled = roundedQuotient(shifted(value, quotientDigits), by);
	return decimalText(shifted(fromWhole(scaled), -quotientDigits));
}

/** As text, without zeros at its end and without an exponent: `4800`, `0.9`. */
export function decimalText(value: Decimal): string {
	return value.toFixed();
}
