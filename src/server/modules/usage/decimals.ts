import Big from 'big.js';

/**
 * An exact decimal: a whole number that a double holds exactly stays a number, which is nearly every
 * reading and is quick; anything else is plain decimal text, such as `0.1` or `12345678901234567890`.
 */
export type Decimal = number | string;

/** At most this many digits before the point, and after it. */
export const wholeDigits = 30;
export const fractionDigits = 40;

const plain = new RegExp(`^-?\\d{1,${wholeDigits}}(?:\\.\\d{1,${fractionDigits}})?$`);

/**
 * The exact value of a JSON number or of a string of plain digits, or null for anything else: other
 * types, exponents in strings, what is not finite, more digits than fit. A JSON number stands for the
 * shortest decimal that names the same double; who needs more digits sends a string.
 */
export function readDecimal(value: unknown): Decimal | null {
	if (typeof value === 'number') {
		// Adding 0 turns a negative zero into zero.
		if (Number.isSafeInteger(value)) return value + 0;
		return Number.isFinite(value) ? readDecimal(new Big(value).toFixed()) : null;
	}
	if (typeof value !== 'string' || !plain.test(value)) return null;
	if (value.length < 16 && !value.includes('.')) return Number(value) + 0;
	return toDecimal(new Big(value));
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
	if (typeof a === 'number' && typeof b === 'number') {
		const sum = a + b;
		if (Number.isSafeInteger(sum)) return sum;
	}
	return toDecimal(new Big(a).plus(b));
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	return new Big(a).cmp(b);
}

/** One form for one value: a number where that is exact, plain text without needless zeros elsewhere. */
function toDecimal(value: Big): Decimal {
	const text = value.toFixed();
	const number = Number(text);
	return Number.isSafeInteger(number) && !text.includes('.') ? number + 0 : text;
}
