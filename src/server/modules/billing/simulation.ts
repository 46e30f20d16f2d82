import { daysBetween, type Interval, type Period } from '../rating/index.ts';
import type { DraftLine } from './draft-lines.ts';
import {
	reckonable,
	reckonAdvance,
	reckonArrears,
	type Metered,
	type ReckonedAgreement
} from './reckoning.ts';

/** A month, or any other stretch of days, with what was used in it. */
export interface SimulatedMonth {
	period: Period;
	metered: readonly Metered[];
}

/** What one of them would have cost. */
export interface Simulated {
	period: Period;
	/** Flat amounts and seats first, then usage, then what is missing of a minimum. */
	lines: DraftLine[];
	/** What it would have cost besides, by the labels of the prices: it is asked for each event. */
	unreckoned: string[];
}

/**
 * What some months would have cost by a version of a plan, each by itself. A plan by the year counts with a twelfth,
 * one by the quarter with a third, one by the week or the day by the month's days. What is asked once is left out,
 * and so are discounts: it compares what plans cost as they go on.
 */
export function simulate(
	plan: Pick<ReckonedAgreement, 'product' | 'terms' | 'seats'>,
	months: readonly SimulatedMonth[]
): Simulated[] {
	return months.map(({ period, metered }) => {
		const { terms, unreckoned } = reckonable(plan.terms, metered);
		const agreement: ReckonedAgreement = {
			...plan,
			id: '',
			terms: { ...terms, inAdvance: true },
			anchorOn: period.start,
			share: shareOf(plan.terms.interval, period)
		};
		const advance = reckonAdvance(agreement, period);
		const lines = [...advance, ...reckonArrears(agreement, period, metered, { advance })];
		return {
			period,
			lines: lines.map(withoutSubscription),
			unreckoned: unreckoned.map(({ label }) => label)
		};
	});
}

/** Nobody has it. */
function withoutSubscription(line: DraftLine): DraftLine {
	const nobodys = { ...line };
	delete nobodys.subscriptionId;
	return nobodys;
}

function shareOf(interval: Interval, { start, end }: Period): { units: number; of: number } {
	switch (interval) {
		case 'year':
			return { units: 1, of: 12 };
		case 'quarter':
			return { units: 1, of: 3 };
		case 'month':
			return { units: 1, of: 1 };
		case 'week':
			return { units: daysBetween(start, end), of: 7 };
		case 'day':
			return { units: daysBetween(start, end), of: 1 };
	}
}
