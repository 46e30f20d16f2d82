import { m } from '#lib/paraglide/messages.js';
import { kept, pageLocale } from './locale.ts';
import { minorDigits } from './money.ts';

/** A price as it is reckoned; amounts are exact decimals of major units, `up_to` is inclusive. */
export interface ReckonedPrice {
	model: string;
	amount?: string | null | undefined;
	unit_amount?: string | null | undefined;
	tiers?: readonly ReckonedTier[] | undefined;
	package_size?: string | null | undefined;
	package_amount?: string | null | undefined;
	rate_percent?: string | null | undefined;
	fixed_per_event?: string | null | undefined;
	included?: string | null | undefined;
	free_units?: string | null | undefined;
	minimum_spend?: string | null | undefined;
	maximum_spend?: string | null | undefined;
}

interface ReckonedTier {
	up_to: string | null;
	unit_amount?: string | null | undefined;
	flat_amount?: string | null | undefined;
	rate_percent?: string | null | undefined;
}

export interface AskedPrice {
	kind: string;
	label: string;
	price: ReckonedPrice;
}

/** What the amounts are in, and how often they are asked. */
export interface PriceFrame {
	currency: string;
	interval: string;
}

const numbers = kept((locale, digits) => {
	const minimumFractionDigits = Number(digits);
	return new Intl.NumberFormat(locale, { minimumFractionDigits, maximumFractionDigits: 12 });
});

/** An exact number with its thousands apart: `6,000`. */
export function formatExact(text: string): string {
	return numbers(pageLocale(), '0').format(text as `${number}`);
}

/** `KES 4,500`, and `KES 0.90` where there is something behind the point: whole amounts read quicker so. */
export function formatRate(text: string, currency: string): string {
	const digits = /\.\d*[1-9]/.test(text) ? minorDigits(currency) : 0;
	return `${currency} ${numbers(pageLocale(), String(digits)).format(text as `${number}`)}`;
}

/** `a month` */
export function everyWords(interval: string): string {
	switch (interval) {
		case 'day':
			return m.price_every_day();
		case 'week':
			return m.price_every_week();
		case 'quarter':
			return m.price_every_quarter();
		case 'year':
			return m.price_every_year();
		default:
			return m.price_every_month();
	}
}

/** One price as a part of a sentence: `SMS at KES 0.90 each beyond 6,000`. */
export function priceWords({ kind, label, price }: AskedPrice, frame: PriceFrame): string {
	const { currency } = frame;
	const every = everyWords(frame.interval);
	if (price.model === 'flat') {
		const amount = formatRate(price.amount ?? '0', currency);
		if (kind === 'one_off') return m.price_once({ amount });
		return kind === 'minimum'
			? m.price_at_least({ amount, every })
			: m.price_flat({ amount, every });
	}
	const what = kind === 'seat' ? m.price_seat() : label;
	const said = [
		kind === 'seat' && price.model === 'per_unit'
			? m.price_per({ amount: formatRate(price.unit_amount ?? '0', currency), what })
			: modelWords(price, what, currency)
	];
	if (kind === 'seat') said[0] = m.price_flat({ amount: said[0] ?? '', every });
	if (isSomething(price.included))
		said.push(m.price_beyond({ quantity: formatExact(price.included) }));
	if (isSomething(price.free_units))
		said.push(m.price_free({ quantity: formatExact(price.free_units) }));
	if (isSomething(price.minimum_spend))
		said.push(m.price_not_under({ amount: formatRate(price.minimum_spend, currency) }));
	if (isSomething(price.maximum_spend))
		said.push(m.price_not_over({ amount: formatRate(price.maximum_spend, currency) }));
	return said.join(' ').replaceAll(' ,', ',');
}

function modelWords(price: ReckonedPrice, what: string, currency: string): string {
	const rate = (text: string | null | undefined) => formatRate(text ?? '0', currency);
	switch (price.model) {
		case 'package':
			return m.price_package({
				amount: rate(price.package_amount),
				size: formatExact(price.package_size ?? '1'),
				what
			});
		case 'percentage': {
			const share = m.price_percent({ percent: formatExact(price.rate_percent ?? '0'), what });
			return isSomething(price.fixed_per_event)
				? m.price_percent_and({ share, amount: rate(price.fixed_per_event) })
				: share;
		}
		case 'graduated':
		case 'graduated_percentage':
			return m.price_tiers({ what, tiers: tierWords(price.tiers ?? [], currency) });
		case 'volume':
			return m.price_volume({ what, tiers: tierWords(price.tiers ?? [], currency) });
		default:
			if (what === '') return m.price_tier_unit({ amount: rate(price.unit_amount) });
			return m.price_unit({ amount: rate(price.unit_amount), what });
	}
}

function tierWords(tiers: readonly ReckonedTier[], currency: string): string {
	return tiers
		.map(({ up_to: upTo, unit_amount: unit, flat_amount: flat, rate_percent: percent }) => {
			const parts = [
				...(flat && isSomething(flat) ? [formatRate(flat, currency)] : []),
				...(percent ? [m.price_tier_percent({ percent: formatExact(percent) })] : []),
				...(unit && (isSomething(unit) || !isSomething(flat))
					? [m.price_tier_unit({ amount: formatRate(unit, currency) })]
					: [])
			].join(' + ');
			return upTo === null
				? m.price_tier_last({ price: parts })
				: m.price_tier({ price: parts, upTo: formatExact(upTo) });
		})
		.join(', ');
}

const isSomething = (text: string | null | undefined): text is string => /[1-9]/.test(text ?? '');

/** All that a plan asks: `KES 4,500 a month, then SMS at KES 0.90 each beyond 6,000`. */
export function planWords(prices: readonly AskedPrice[], frame: PriceFrame): string {
	if (prices.length === 0) return m.price_nothing();
	const say = (use: boolean) =>
		prices
			.filter(({ kind }) => (kind === 'usage') === use)
			.map((price) => priceWords(price, frame))
			.join(', ');
	const [base, usage] = [say(false), say(true)];
	return base && usage ? m.price_then({ base, usage }) : base || usage;
}
