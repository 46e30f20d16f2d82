import {
	civilDate,
	lineMinor,
	major,
	prorate,
	type Period,
	type ProrationLine,
	type ProrationMode
} from '../rating/index.ts';
import type { Agreement } from './agreements.ts';
import type { BilledLine } from './billed.ts';
import type { DraftDiscount, DraftLine } from './draft-lines.ts';
import { fixedLines } from './fixed-prices.ts';
import type { NewPendingLine } from './pending.ts';
import { reckonDraft } from './totals.ts';

/** The moment of a change, and the zone in which it is a day. */
export interface Moment {
	at: Date;
	zone: string;
}

/**
 * What is given back of billed lines from a moment on: of each what was really asked, for what is left of its own
 * period, less what was given back already.
 */
export function creditsOf(
	agreement: Agreement,
	billed: readonly BilledLine[],
	{ at, zone }: Moment,
	atOnce: boolean
): NewPendingLine[] {
	const { proration } = agreement.terms;
	if (proration === 'none') return [];
	return billed.flatMap((line) => {
		const credit = restOf(line, { at, zone }, proration);
		if (!credit) return [];
		return {
			...ofSubscription(agreement, line.currency, atOnce),
			kind: 'credit' as const,
			description: `Unused: ${line.description}`.slice(0, 200),
			...(line.priceSlug === null ? {} : { priceSlug: line.priceSlug }),
			period: { start: later(civilDate(at, zone), line.period.start), end: line.period.end },
			quantity: null,
			unitMinor: null,
			exactAmount: credit.exactAmount,
			amountMinor: credit.amountMinor,
			taxClass: line.taxClass,
			taxIncluded: line.taxIncluded,
			credits: { invoiceId: line.invoiceId, position: line.position }
		};
	});
}

type Part = Pick<ProrationLine, 'exactAmount' | 'amountMinor'>;

function restOf(line: BilledLine, { at, zone }: Moment, mode: ProrationMode): Part | undefined {
	const { currency, period, begunAt } = line;
	const left = line.amountMinor - line.creditedMinor;
	// Billed for a time that has not begun: all of it.
	if (civilDate(at, zone) < period.start)
		return { exactAmount: major(-left, currency), amountMinor: -left };
	const from = {
		amount: major(line.amountMinor, currency),
		credited: major(line.creditedMinor, currency)
	};
	const [credit] = prorate({ period, begunAt, at, zone, mode, currency, from, to: null }).lines;
	return credit && credit.amountMinor < 0n ? credit : undefined;
}

/**
 * What an agreement asks for what is left of a whole period from a moment on. Discounts are off before it is
 * divided: a coupon goes along with the plan.
 */
export function chargesOf(
	agreement: Agreement,
	whole: Period,
	{ at, zone }: Moment,
	{
		mode,
		discounts,
		of = () => true
	}: {
		mode: ProrationMode;
		discounts: readonly DraftDiscount[];
		of?: (line: DraftLine) => boolean;
	}
): NewPendingLine[] {
	const { currency } = agreement.terms;
	return discounted(agreement, whole, discounts)
		.filter(of)
		.flatMap(({ amount, ...line }) => {
			const [part] = prorate({
				period: whole,
				at,
				zone,
				mode,
				currency,
				from: null,
				to: { amount }
			}).lines;
			if (!part || part.amountMinor === 0n) return [];
			return {
				...line,
				...ofSubscription(agreement, currency, true),
				kind: 'charge' as const,
				period: { start: civilDate(at, zone), end: whole.end },
				quantity: line.kind === 'seat' ? line.quantity : null,
				unitMinor: null,
				exactAmount: part.exactAmount,
				amountMinor: part.amountMinor,
				...(mode === 'second' ? { beginsAt: at } : {})
			};
		});
}

/** What an agreement asks for a whole period that begins by a change. */
export function wholeCharges(
	agreement: Agreement,
	period: Period,
	discounts: readonly DraftDiscount[]
): NewPendingLine[] {
	const { currency } = agreement.terms;
	return discounted(agreement, period, discounts).map(({ amount, ...line }) => ({
		...line,
		...ofSubscription(agreement, currency, true),
		kind: line.kind === 'seat' ? ('seat' as const) : ('plan' as const),
		exactAmount: amount,
		amountMinor: lineMinor(amount, currency)
	}));
}

/** With the amount that is really asked, in major units. */
function discounted(
	agreement: Agreement,
	period: Period,
	discounts: readonly DraftDiscount[]
): (DraftLine & { amount: string })[] {
	const lines = fixedLines(agreement, period);
	if (discounts.length === 0) return lines.map((line) => ({ ...line, amount: line.exactAmount }));
	const { currency } = agreement.terms;
	const less = discounts.map(({ label }) => label).join(', ');
	return reckonDraft({ lines, discounts }).lines.map(({ discountMinor, ...line }) => ({
		...line,
		...(discountMinor > 0n
			? {
					description: `${line.description}, less ${less}`.slice(0, 200),
					quantity: line.kind === 'seat' ? line.quantity : null,
					unitMinor: null
				}
			: {}),
		amount:
			discountMinor > 0n ? major(line.amountMinor - discountMinor, currency) : line.exactAmount
	}));
}

function ofSubscription({ businessId, id, product }: Agreement, currency: string, atOnce: boolean) {
	return { businessId, subscriptionId: id, productId: product.id, currency, atOnce };
}

const later = (one: string, other: string): string => (one > other ? one : other);
