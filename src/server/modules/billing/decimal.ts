/** An exact decimal number: `units` tenths, hundredths, … by `scale`. 0.90 is 90n at scale 2. */
export interface Decimal {
	units: bigint;
	scale: number;
}

/** What this module accepts as a decimal: PostgreSQL's numeric as text, no exponents. */
export const decimalPattern = /^-?\d{1,20}(\.\d{1,12})?$/;

/** @throws RangeError for text that is no decimal number */
export function decimal(text: string): Decimal {
	if (!decimalPattern.test(text)) throw new RangeError(`${text} is not a decimal number.`);
	const [whole = '', fraction = ''] = text.split('.');
	return { units: BigInt(whole + fraction), scale: fraction.length };
}

export function times(one: Decimal, other: Decimal): Decimal {
	return { units: one.units * other.units, scale: one.scale + other.scale };
}

export function minus(one: Decimal, other: Decimal): Decimal {
	const scale = Math.max(one.scale, other.scale);
	return { units: unitsAt(one, scale) - unitsAt(other, scale), scale };
}

/** To a whole number; halves go away from zero, so that a credit mirrors its charge. */
export function rounded({ units, scale }: Decimal): bigint {
	const size = 10n ** BigInt(scale);
	const half = (2n * (units < 0n ? -units : units) + size) / (2n * size);
	return units < 0n ? -half : half;
}

/** As text, without zeros at its end: `4800`, `0.9`. */
export function decimalText({ units, scale }: Decimal): string {
	const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
	const whole = digits.slice(0, digits.length - scale);
	const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
	return `${units < 0n ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
	return units * 10n ** BigInt(wanted - scale);
}
