import { daysAfter, minorDigits } from '../rating/index.ts';
import type { PaperLanguage } from './paper-words.ts';

/** Writes figures and days as a reader of the language in Kenya does. Floating point never holds money. */
export function paperFigures(language: PaperLanguage, currency: string) {
	const locale = `${language}-KE`;
	const digits = minorDigits(currency);
	const money = new Intl.NumberFormat(locale, {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits
	});
	const rate = new Intl.NumberFormat(locale, {
		minimumFractionDigits: digits,
		maximumFractionDigits: mostDigits
	});
	const exact = new Intl.NumberFormat(locale, { maximumFractionDigits: mostDigits });
	const months = new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' });
	const day = (civil: string): string =>
		`${Number(civil.slice(8))} ${months.format(Date.parse(civil))} ${civil.slice(0, 4)}`;
	return {
		/** `18,500.00` */
		amount: (minor: bigint) => money.format(major(String(minor), digits)),
		/** `KES 18,500.00` */
		money: (minor: bigint) => `${currency} ${money.format(major(String(minor), digits))}`,
		/** Every digit of a price that may be finer than a minor unit: `0.905`. */
		rate: (minor: string) => rate.format(major(minor, digits)),
		/** The same of major units: `12.5` → `12.50`. */
		exactly: (text: string) => rate.format(text as `${number}`),
		quantity: (text: string) => exact.format(text as `${number}`),
		percent: (text: string) => `${exact.format(text as `${number}`)}%`,
		/** `12 Nov 2026` */
		day,
		/** `12 Nov 2026, 14:05:09`, by the clock in Kenya, where the tax authority's units are. */
		moment: (at: Date) => {
			const clock = kenya.format(at);
			return `${day(clock.slice(0, 10))}, ${clock.slice(-8)}`;
		},
		/** A half-open period by its first and last day. */
		period: ({ start, end }: { start: string; end: string }) => {
			const last = daysAfter(end, -1);
			return last === start ? day(start) : `${day(start)} – ${day(last)}`;
		}
	};
}

/** `2026-11-12 14:05:09` */
const kenya = new Intl.DateTimeFormat('sv-SE', {
	dateStyle: 'short',
	timeStyle: 'medium',
	timeZone: 'Africa/Nairobi'
});

/** The most digits behind the point that a quantity or a rate carries. */
const mostDigits = 12;

/** Minor units, an exact decimal, as major ones: `1850000` → `18500.00`. */
function major(minor: string, digits: number): `${number}` {
	const [whole = '0', fraction = ''] = minor.replace('-', '').split('.');
	const padded = whole.padStart(digits + 1, '0');
	const cut = padded.length - digits;
	const behind = padded.slice(cut) + fraction;
	const sign = minor.startsWith('-') ? '-' : '';
	return `${sign}${padded.slice(0, cut)}${behind && '.'}${behind}` as `${number}`;
}
