import Big from 'big.js';

/** An exact decimal number. */
export type Decimal = Big;

/** What this module accepts as a decimal: PostgreSQL's numeric as text, no exponents. */
export const decimalPattern = /^-?\d{1,20}(\.\d{1,12})?$/;

/** @throws RangeError for text that is no decimal number */
export function decimal(text: string): Decimal {
	if (!decimalPattern.test(text)) throw new RangeError(`${text} is not a decimal number.`);
	return new Big(text);
}

export function times(one: Decimal, other: Decimal): Decimal {
	return one.times(other);
}

export function minus(one: Decimal, other: Decimal): Decimal {
	return one.minus(other);
}

/** To a whole number; halves go away from zero, so that a credit mirrors its charge. */
export function rounded(value: Decimal): bigint {
	return BigInt(value.toFixed(0, Big.roundHalfUp));
}

/** As text, without zeros at its end and without an exponent: `4800`, `0.9`. */
export function decimalText(value: Decimal): string {
	return value.toFixed();
}
