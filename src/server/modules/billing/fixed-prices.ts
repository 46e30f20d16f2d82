import type { PlanTerms } from '../catalogue/index.ts';
import {
	daysAfter,
	wholePeriodOf,
	type Interval,
	type Period,
	type Price
} from '../rating/index.ts';
import type { DraftLine } from './draft-lines.ts';
import { reckonAdvance, type ReckonedAgreement } from './reckoning.ts';

/** What is asked for a period as such, whether before it or after it: of the plan, and of its seats. */
export function fixedLines(agreement: ReckonedAgreement, period: Period): DraftLine[] {
	return reckonAdvance({ ...agreement, terms: { ...agreement.terms, inAdvance: true } }, period);
}

/** What a whole period costs as such, before discounts, in minor units. */
export function fixedMinor(terms: PlanTerms, seats: number | null): bigint {
	const whole = wholePeriodOf(someDay, someDay, terms.interval);
	const anybody = { id: '', product: { id: '', name: '' }, terms, seats, anchorOn: someDay };
	return fixedLines(anybody, whole).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
// A whole period costs the same whenever it is.
const someDay = '2026-01-01';

/** How many periods a year has, for comparing what plans of different intervals cost. */
export const periodsAYear: Record<Interval, bigint> = {
	day: 365n,
	week: 52n,
	month: 12n,
	quarter: 4n,
	year: 1n
};

/** The last day of a period, as people say it. */
export const lastDayOf = ({ end }: Period): string => daysAfter(end, -1);

type UnitPrice = Extract<Price, { model: 'per_unit' }>;

/** Whether what goes beyond the included, times the rate, is the whole of it. */
export function isByTheUnit(price: Price): price is UnitPrice {
	if (price.model !== 'per_unit' || price.transform) return false;
	return ![price.free_units, price.minimum_spend, price.maximum_spend].some(isSomething);
}

export const isSomething = (text: string | null | undefined): boolean => /[1-9]/.test(text ?? '');
