import { m } from '#lib/paraglide/messages.js';
import { formatBytes } from './bytes.ts';
import { everyWords, priceWords, type AskedPrice, type PriceFrame } from './prices.ts';

type Term = string | number | bigint | boolean | null;

/** What one version of a plan says otherwise than another. */
export type PlanChange =
	| { what: 'term'; field: string; from: Term; to: Term }
	| { what: 'price'; slug: string; from: AskedPrice | null; to: AskedPrice | null };

/** `SMS at KES 0.90 each becomes SMS at KES 0.80 each` */
export function changeWords(change: PlanChange, before: PriceFrame, after: PriceFrame): string {
	if (change.what === 'term')
		return m.plan_change_term({
			term: termName(change.field),
			from: termWords(change.field, change.from),
			to: termWords(change.field, change.to)
		});
	const { from, to } = change;
	const was = from && priceWords(from, before);
	const is = to && priceWords(to, after);
	if (was === null) return m.plan_change_new({ price: is ?? '' });
	if (is === null) return m.plan_change_gone({ price: was });
	// The same amount, under another name or of another tax.
	return was === is
		? m.plan_change_details({ price: is })
		: m.plan_change_price({ from: was, to: is });
}

export function termName(field: string): string {
	switch (field) {
		case 'interval':
			return m.plan_term_interval();
		case 'inAdvance':
			return m.plan_term_paid();
		case 'currency':
			return m.plan_term_currency();
		case 'seats':
			return m.plan_term_seats();
		case 'includedBytes':
			return m.plan_term_data();
		case 'trialDays':
			return m.plan_term_trial();
		case 'upgrade':
			return m.plan_term_upgrade();
		case 'downgrade':
			return m.plan_term_downgrade();
		case 'cancellation':
			return m.plan_term_cancellation();
		default:
			return m.plan_term_proration();
	}
}

export function termWords(field: string, value: Term): string {
	switch (value) {
		case null:
			return m.plan_says_nothing();
		case true:
			return m.plan_says_in_advance();
		case false:
			return m.plan_says_in_arrears();
		case 'at_once':
			return m.plan_says_at_once();
		case 'period_end':
			return m.plan_says_period_end();
		case 'none':
			return m.plan_says_no_proration();
	}
	if (field === 'interval') return everyWords(String(value));
	if (field === 'proration')
		return value === 'second' ? m.plan_says_by_second() : m.plan_says_by_day();
	if (field === 'includedBytes') return formatBytes(Number(value));
	return field === 'trialDays' ? m.plan_says_days({ count: Number(value) }) : String(value);
}
