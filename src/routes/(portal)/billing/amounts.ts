import { kept, pageLocale } from '#lib/format/locale.ts';
import { minorDigits, moneyParts } from '#lib/format/money.ts';

const exact = kept(
	(locale, least, most) =>
		new Intl.NumberFormat(locale, {
			minimumFractionDigits: Number(least),
			maximumFractionDigits: Number(most)
		})
);

/** The most digits behind the point that a quantity or a rate carries. */
const most = '12';

/** A quantity as it is billed, every digit of it: `1322.5` → `1,322.5`. */
export function formatQuantity(quantity: string, locale = pageLocale()): string {
	return exact(locale, '0', most).format(quantity as `${number}`);
}

/**
 * The price of one, without its currency and with every digit: minor units `90` → `0.90`, `0.5` → `0.005`.
 *
 * @param unitMinor an exact decimal of minor units
 */
export function formatRate(unitMinor: string, currency: string, locale = pageLocale()): string {
	const digits = minorDigits(currency);
	return exact(locale, String(digits), most).format(majorUnits(unitMinor, digits));
}

/** Major units as they are reckoned, every digit of them, without the currency: `0.9` → `0.90`. */
export function formatMajor(major: string, currency: string, locale = pageLocale()): string {
	return exact(locale, String(minorDigits(currency)), most).format(major as `${number}`);
}

/** An amount without its currency, which the head of its column says: `18,500.00`. */
export function formatAmount(amountMinor: bigint, currency: string): string {
	return moneyParts(amountMinor, currency).number;
}

/**
 * Minor units, an exact decimal, as major ones: `1850000` with two digits → `18500.00`. Nothing passes through
 * floating point.
 */
export function majorUnits(minor: string, digits: number): `${number}` {
	const [whole = '0', fraction = ''] = minor.replace('-', '').split('.');
	const padded = whole.padStart(digits + 1, '0');
	const cut = padded.length - digits;
	const behind = padded.slice(cut) + fraction;
	const sign = minor.startsWith('-') ? '-' : '';
	return `${sign}${padded.slice(0, cut)}${behind && '.'}${behind}` as `${number}`;
}
