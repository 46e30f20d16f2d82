import {
	reckonUsage,
	type BilledUsageLine,
	type DraftLine,
	type Metered,
	type ReckonedAgreement
} from '../billing/index.ts';
import { allocate, daysAfter, difference, major } from '../rating/index.ts';
import type { BilledUsage } from './billed-usage.ts';

/** Events come up to 35 days late; a day more, since zones differ. */
const lateDays = 36;

/** The first day on which nothing can come any more for a period that ended on a day. */
export function finalOn(endOn: string): string {
	return daysAfter(endOn, lateDays);
}

export function isFinal(endOn: string, today: string): boolean {
	return finalOn(endOn) <= today;
}

/**
 * What use that came after its period was billed costs: all of it by the price it had, less what was billed. So
 * tiers, packages and included quantities are right. Less use is given back of the lines that it was billed with,
 * in proportion to what was really paid for them.
 *
 * @param agreement with the terms by which it was billed
 * @param now what the meter has counted by now
 * @param billed its lines of which something can be given back, the newest first; what is taken is noted in them
 */
export function reckonLate(
	agreement: ReckonedAgreement,
	usage: BilledUsage,
	now: Metered,
	billed: BilledUsageLine[]
): { lines: DraftLine[]; usage: BilledUsage } {
	const price = agreement.terms.prices.find(({ slug }) => slug === usage.priceSlug);
	if (!price) throw new Error(`The price ${usage.priceSlug} is not there.`);
	const all = reckonUsage(agreement, price, usage.period, [now]);
	const after = {
		...usage,
		quantity: now.quantity,
		events: now.events ?? usage.events,
		amountMinor: all.amountMinor
	};
	const more = all.amountMinor - usage.amountMinor;
	if (more === 0n) return { lines: [], usage: after };
	const { currency } = agreement.terms;
	if (more > 0n) {
		// A price by the unit asks for the quantity alone.
		const { unitMinor } = all;
		const earlier = { meter: usage.meter, quantity: usage.quantity };
		const before =
			unitMinor === null ? null : reckonUsage(agreement, price, usage.period, [earlier]);
		const line: DraftLine = {
			...all,
			kind: 'late_usage',
			quantity: before && difference(all.quantity ?? '0', before.quantity ?? '0'),
			unitMinor,
			exactAmount: major(more, currency),
			amountMinor: more
		};
		delete line.steps;
		return { lines: [line], usage: after };
	}
	const lines: DraftLine[] = [];
	let rest = -more;
	for (const line of billed) {
		if (rest === 0n) break;
		const part = rest < line.amountMinor ? rest : line.amountMinor;
		rest -= part;
		// Of what a discount left.
		const [paid = 0n] = allocate(part, [line.amountMinor - line.discountMinor, line.discountMinor]);
		const given = paid < line.leftMinor ? paid : line.leftMinor;
		if (given === 0n) continue;
		line.leftMinor -= given;
		const credit: DraftLine = {
			...all,
			kind: 'credit',
			quantity: null,
			unitMinor: null,
			exactAmount: major(-given, currency),
			amountMinor: -given,
			credits: { invoiceId: line.invoiceId, position: line.position }
		};
		delete credit.steps;
		lines.push(credit);
	}
	return { lines, usage: after };
}
