import { kept, pageLocale } from './locale.ts';

const fine = kept((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
const finer = kept(
	(locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
);
const whole = kept((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** The power of 1,000 that an amount is written in, after rounding: 999.96 MB is written as 1 GB. */
function byteScale(bytes: number): { unit: string; size: number } {
	const magnitude = Math.abs(bytes);
	let power = 0;
	while (power < units.length - 1) {
		const value = magnitude / 1000 ** power;
		const written = value < 100 ? Math.round(value * 10) / 10 : Math.round(value);
		if (written < 1000) break;
		power += 1;
	}
	return { unit: units[power] ?? 'bytes', size: 1000 ** power };
}

/**
 * An amount of data in two pieces, for figures that set the unit smaller than the number. Units are
 * decimal, as data is sold: 1 GB is 1,000,000,000 bytes. One digit stands behind the point below
 * 100 of a unit, none from there on; bytes are whole.
 */
export function byteParts(
	bytes: number | bigint,
	locale = pageLocale()
): { number: string; unit: string } {
	const { unit, size } = byteScale(Number(bytes));
	const value = Number(bytes) / size;
	const formatter = size > 1 && Math.abs(value) < 100 ? fine(locale) : whole(locale);
	return { number: formatter.format(value), unit };
}

/** An amount of data as it is written everywhere: `2.1 GB`, `412 MB`, `0 bytes`. */
export function formatBytes(bytes: number | bigint, locale = pageLocale()): string {
	const parts = byteParts(bytes, locale);
	return `${parts.number} ${parts.unit}`;
}

/**
 * Writes amounts all in the unit of the largest of them: an axis reads `0.5 GB` beside `1 GB`, and
 * with two digits behind the point neighbours in a table can be told apart.
 */
export function bytesLike(
	largest: number,
	digits: 1 | 2 = 1,
	locale = pageLocale()
): (bytes: number) => string {
	const { unit, size } = byteScale(largest);
	const formatter = digits === 1 ? fine(locale) : finer(locale);
	return (bytes) => `${formatter.format(bytes / size)} ${unit}`;
}
