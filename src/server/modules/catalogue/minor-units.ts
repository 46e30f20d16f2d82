import { minorDigits } from '../rating/index.ts';

/** Minor units, which may be an exact decimal themselves, as a decimal of major units: 90 of KES is `0.9`. */
export function toMajor(minor: string, currency: string): string {
	const [whole = '0', fraction = ''] = minor.split('.');
	const digits = minorDigits(currency);
	const padded = whole.padStart(digits + 1, '0');
	const cut = padded.length - digits;
	return plain(padded.slice(0, cut), padded.slice(cut) + fraction);
}

/** The other way, exactly: `0.0055` of KES is `0.55`. */
export function toMinorDecimal(amount: string, currency: string): string {
	const [whole = '0', fraction = ''] = amount.split('.');
	const digits = minorDigits(currency);
	const long = fraction.padEnd(digits, '0');
	return plain(whole + long.slice(0, digits), long.slice(digits));
}

function plain(whole: string, fraction: string): string {
	const behind = fraction.replace(/0+$/, '');
	return whole.replace(/^0+(?=\d)/, '') + (behind && `.${behind}`);
}
