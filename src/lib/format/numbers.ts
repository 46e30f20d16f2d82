import { kept, pageLocale } from './locale.ts';

const numbers = kept((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
const percents = kept(
	(locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
);

/** A number with the thousands marked and at most one digit behind the point: `12,500`, `2.1`. */
export function formatNumber(value: number | bigint, locale = pageLocale()): string {
	return numbers(locale).format(value);
}

/** A share of one as a percentage with at most one digit behind the point: 0.125 → `12.5%`. */
export function formatPercent(share: number, locale = pageLocale()): string {
	return percents(locale).format(share);
}

export interface Change {
	direction: 'up' | 'down' | 'same';
	/** The size of the change without a sign: `12.5%`. The direction is told by an arrow and a word. */
	percent: string;
}

/**
 * How a figure stands against the one of the period before; null where there is nothing to compare
 * with. From nothing no percentage can be reckoned, so a `before` of zero counts as no earlier data
 * too, unless nothing has stayed nothing. The direction is that of the rounded figure: what is
 * written as 0% is neither up nor down.
 */
export function changeOf(now: number, before: number | null, locale = pageLocale()): Change | null {
	if (before === null || (before === 0 && now !== 0)) return null;
	const share = before === 0 ? 0 : (now - before) / Math.abs(before);
	const percent = formatPercent(Math.abs(share), locale);
	if (percent === formatPercent(0, locale)) return { direction: 'same', percent };
	return { direction: share > 0 ? 'up' : 'down', percent };
}
