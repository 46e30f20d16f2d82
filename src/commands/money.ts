import { Invalid } from '#server/platform/errors.ts';

/** Digits behind the point: 2 for KES, 0 for UGX (ISO 4217, as Intl carries it). */
export function digitsOf(currency: string): number {
	if (!/^[A-Z]{3}$/.test(currency))
		throw new Invalid([
			{ path: 'currency', message: 'Write a currency by its three letters, such as KES.' }
		]);
	const format = new Intl.NumberFormat('en', { style: 'currency', currency });
	return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount of minor units with its currency, for people and scripts alike: `KES -18500.00`. */
export function amountWords(amountMinor: bigint, currency: string): string {
	const digits = digitsOf(currency);
	const size = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(digits + 1, '0');
	const sign = amountMinor < 0n ? '-' : '';
	const number = digits === 0 ? size : `${size.slice(0, -digits)}.${size.slice(-digits)}`;
	return `${currency} ${sign}${number}`;
}
