import { formatDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { BilledLine } from '#server/modules/billing/index.ts';
import { formatAmount, formatMajor, formatQuantity, formatRate } from '../amounts.ts';
import { writeCounted } from './amounts.ts';
import { beyond, wordSteps, type MadeUp } from './make-up.ts';
import type { LineView } from './read.server.ts';

/** How an amount came about, for `Made.svelte`. */
export interface MakeUp {
	quantities: { words: string; value: string }[];
	steps: MadeUp[];
	total: { words: string; amount: string };
	exact: string | null;
	currency: string;
	notes: string[];
}

/** How a billed line came about: from what was kept with it, and from what its meter had counted. */
export function billedMakeUp(line: BilledLine, view: LineView | null): MakeUp {
	const { currency } = line.invoice;
	const notes: string[] = [];
	const quantities = view && line.kind === 'usage' ? quantitiesOf(line, view, notes) : [];
	if (line.discountMinor !== 0n)
		notes.push(
			m.line_discount({ amount: `${currency} ${formatAmount(line.discountMinor, currency)}` })
		);
	notes.push(line.taxIncluded ? m.line_with_tax() : m.line_before_tax());
	const exact = formatMajor(line.exactAmount, currency);
	const rounded = formatAmount(line.amountMinor, currency);
	return {
		quantities,
		steps: line.steps.length > 0 ? wordSteps(line.steps, currency) : byUnit(line),
		total: { words: m.line_amount({ currency }), amount: rounded },
		exact: exact === rounded ? null : exact,
		currency,
		notes
	};
}

function byUnit({ quantity, unitMinor, exactAmount, invoice }: BilledLine): MadeUp[] {
	if (quantity === null || unitMinor === null) return [];
	return [
		{
			words: m.line_step_units({
				quantity: formatQuantity(quantity),
				price: formatRate(unitMinor, invoice.currency)
			}),
			amount: formatMajor(exactAmount, invoice.currency)
		}
	];
}

function quantitiesOf(line: BilledLine, view: LineView, notes: string[]): MakeUp['quantities'] {
	const counted = view.closed?.quantity ?? view.counted;
	const row = {
		words: view.closed
			? m.line_counted_when({ date: formatDate(view.closed.on) })
			: m.line_counted(),
		value: writeCounted(counted, view)
	};
	if (!view.closed) notes.push(m.line_not_closed());
	if (line.quantity === null) return [row];
	const free = beyond(counted, line.quantity);
	const charged = { words: m.line_charged(), value: formatQuantity(line.quantity) };
	if (free !== null)
		return [row, { words: m.line_free(), value: `− ${formatQuantity(free)}` }, charged];
	return charged.value === row.value ? [row] : [row, charged];
}
