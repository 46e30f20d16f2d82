import { formatMoney, minorDigits } from '#lib/format/money.ts';
import { pageLocale } from '#lib/format/locale.ts';

/**
 * A price for one unit: `KES 2.00`, and with as many digits as it has where it is finer than a minor
 * unit: `KES 0.125`.
 *
 * @param unitMinor exact decimal of minor units
 */
export function formatUnitPrice(unitMinor: string, currency: string): string {
	if (/^\d+$/.test(unitMinor)) return formatMoney(BigInt(unitMinor), currency);
	const digits = minorDigits(currency);
	// Intl takes decimals as text, powers of ten included, so nothing passes through floating point.
	const amount = `${unitMinor}e-${digits}` as `${number}`;
	const number = new Intl.NumberFormat(pageLocale(), {
		minimumFractionDigits: digits,
		maximumFractionDigits: 12
	}).format(amount);
	return `${currency} ${number}`;
}
