import { minorDigits } from './currencies.ts';
import { decimal, decimalText, exact, minus, rounded, shifted, times } from './decimal.ts';

/**
 * The amount of a line in minor units: quantity × rate, multiplied exactly and rounded once, half up
 * away from zero.
 *
 * @param quantity exact decimal
 * @param unitMinor minor units of one, an exact decimal that may be finer than one minor unit
 */
export function rateLine(quantity: string, unitMinor: string): bigint {
	return rounded(times(decimal(quantity), decimal(unitMinor)));
}

/** The same before the rounding, in major units. */
export function exactLine(quantity: string, unitMinor: string, currency: string): string {
	return decimalText(shifted(times(decimal(quantity), decimal(unitMinor)), -minorDigits(currency)));
}

/** One less the other, exactly. */
export function difference(one: string, other: string): string {
	return decimalText(minus(exact(one), exact(other)));
}
