import type { Scope } from '../../platform/scope.ts';
import { boundaryAfter, civilDate, wholePeriodOf, type Period } from '../rating/index.ts';
import type { Agreement } from './agreements.ts';
import { selectBilled } from './billed.ts';
import { chargesOf, creditsOf, wholeCharges, type Moment } from './change-lines.ts';
import { sellsSeats, type Target } from './change-plans.ts';
import { readDiscounts } from './next-charge.ts';
import type { NewPendingLine } from './pending.ts';
import type { Columns } from './rows.ts';

/** How the subscription is after the change, and what of its period has ended. */
export interface After {
	columns: Columns;
	ended: Period | null;
}

export interface Outcome {
	lines: NewPendingLine[];
	after: After;
	/** The first day of the new. */
	on: string;
	/** As it is from then on. */
	then: Agreement;
}

/** It comes with the next period: when the trial is over, if it is one, which then goes on. */
export function plannedFor(agreement: Agreement, to: Target): Outcome {
	const { terms, period, seats, next } = agreement;
	const plan = isOther(terms, to.terms) || agreement.status === 'trial' ? to : (next?.plan ?? null);
	const otherSeats = to.seats === seats ? null : to.seats;
	const isSameInterval = terms.interval === to.terms.interval && agreement.status !== 'trial';
	const end = boundaryAfter(
		isSameInterval ? agreement.anchorOn : period.end,
		period.end,
		to.terms.interval
	);
	return {
		lines: [],
		after: {
			columns: {
				next_plan_id: plan ? plan.terms.planId : null,
				next_plan_version: plan ? plan.terms.version : null,
				next_seats: otherSeats
			},
			ended: null
		},
		on: period.end,
		then: {
			...agreement,
			plan: to.plan,
			terms: to.terms,
			seats: to.seats,
			anchorOn: isSameInterval ? agreement.anchorOn : period.end,
			status: 'active',
			next: null,
			period: { start: period.end, end },
			advanceBilledUntil: period.end
		}
	};
}

/** Nothing is paid for now. */
export function changedUnpaid(agreement: Agreement, to: Target, today: string): Outcome {
	return {
		lines: [],
		after: { columns: { ...nowOf(to), ...plannedStill(agreement, to) }, ended: null },
		on: today,
		then: { ...agreement, ...to, next: nextStill(agreement, to) }
	};
}

/** What was planned goes with the plan that is left. Other seats alone leave a planned plan as it is. */
function nextStill({ terms, next }: Agreement, to: Target): Agreement['next'] {
	return isOther(terms, to.terms) || !next?.plan ? null : { ...next, seats: null };
}

function plannedStill({ terms }: Agreement, to: Target): Columns {
	return isOther(terms, to.terms) ? nothingPlanned : { next_seats: null };
}

function isOther(one: Target['terms'], other: Target['terms']): boolean {
	return one.planId !== other.planId || one.version !== other.version;
}

const nowOf = ({ terms, seats }: Target): Columns => ({
	plan_id: terms.planId,
	plan_version: terms.version,
	seats
});

const nothingPlanned = { next_plan_id: null, next_plan_version: null, next_seats: null };

/**
 * Within a period: what was billed for the rest of it is given back, what the new asks for the rest is charged. The
 * part that has passed ends with the old plan, and what was used in it is billed by that.
 */
export async function changedNow(
	scope: Scope,
	agreement: Agreement,
	to: Target,
	moment: Moment
): Promise<Outcome> {
	const today = civilDate(moment.at, moment.zone);
	const { terms, anchorOn, period } = agreement;
	const isOtherPlan = isOther(terms, to.terms);
	const isNewInterval = terms.interval !== to.terms.interval;
	const mode = terms.proration;
	const then: Agreement = { ...agreement, ...to, next: nextStill(agreement, to) };
	const columns: Columns = {
		...nowOf(to),
		...plannedStill(agreement, to)
	};
	if (mode === 'none' && !isNewInterval)
		return { lines: [], after: { columns, ended: null }, on: today, then };
	const billed = await selectBilled(scope, agreement, today);
	const seatPrices = new Set(
		terms.prices.filter(({ kind }) => kind === 'seat').map(({ slug }) => slug)
	);
	// A coupon goes along: as it was taken off what was billed for this period, or else as it stands.
	const discounts =
		terms.inAdvance || billed.discounts.length > 0
			? billed.discounts
			: await readDiscounts(scope, agreement);
	const touched = isOtherPlan
		? billed.lines
		: billed.lines.filter(({ priceSlug }) => priceSlug !== null && seatPrices.has(priceSlug));
	const credits = creditsOf(agreement, touched, moment, true);
	const next: Period = isNewInterval
		? { start: today, end: boundaryAfter(today, today, to.terms.interval) }
		: { start: today, end: period.end };
	const whole = isNewInterval ? next : wholePeriodOf(anchorOn, period.start, terms.interval);
	const charges = !to.terms.inAdvance
		? []
		: isNewInterval
			? wholeCharges(then, next, discounts)
			: chargesOf(then, whole, moment, {
					mode: mode === 'second' ? 'second' : 'day',
					discounts,
					...(isOtherPlan
						? {}
						: { of: ({ priceSlug }) => priceSlug !== undefined && seatPrices.has(priceSlug) })
				});
	const isCut = isOtherPlan || (!terms.inAdvance && sellsSeats(terms));
	const ended = isCut && period.start < today ? { start: period.start, end: today } : null;
	const lines = [...credits, ...charges];
	const isBilledNow = lines.length > 0 || (ended !== null && asksAfterwards(agreement));
	Object.assign(columns, {
		...(ended ? { period_start: today } : {}),
		...(isNewInterval
			? { anchor_on: today, period_start: today, period_end: next.end, renews_on: next.end }
			: {}),
		advance_billed_until: next.end,
		closes_on: isBilledNow ? today : next.end
	} satisfies Columns);
	return {
		lines,
		after: { columns, ended: ended && asksAfterwards(agreement) ? ended : null },
		on: today,
		then: {
			...then,
			anchorOn: isNewInterval ? today : anchorOn,
			period: { start: ended || isNewInterval ? today : period.start, end: next.end },
			advanceBilledUntil: next.end
		}
	};
}

function asksAfterwards({ terms: { inAdvance, prices } }: Agreement): boolean {
	return !inAdvance || prices.some(({ kind }) => kind === 'usage' || kind === 'minimum');
}
