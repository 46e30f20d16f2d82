import { Temporal } from 'temporal-polyfill';

/** The civil date that it is at an instant in a zone. */
export function civilDate(at: Date, timeZone: string): string {
	return Temporal.Instant.fromEpochMilliseconds(at.getTime())
		.toZonedDateTimeISO(timeZone)
		.toPlainDate()
		.toString();
}

/** How many days lie from one civil date to another; negative when the other is past. */
export function daysBetween(from: string, to: string): number {
	return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
}

export function daysAfter(day: string, days: number): string {
	return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** How often a period begins anew. */
export const intervals = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Interval = (typeof intervals)[number];

/** Civil dates, half-open. */
export interface Period {
	start: string;
	end: string;
}

/**
 * The first boundary after a day; of days before the anchor, the anchor itself. Each is reckoned from
 * the anchor and not from the one before, so that a short month moves none of those after it: 31
 * January, 28 or 29 February, 31 March.
 */
export function boundaryAfter(anchorOn: string, day: string, interval: Interval = 'month'): string {
	return boundary(anchorOn, stepsTo(anchorOn, day, interval) + 1, interval);
}

/**
 * The period that a day is in.
 * @throws RangeError for a day before the anchor
 */
export function periodOf(anchorOn: string, day: string, interval: Interval = 'month'): Period {
	const steps = stepsTo(anchorOn, day, interval);
	if (steps < 0) throw new RangeError(`${day} is before the first period, ${anchorOn}.`);
	return {
		start: boundary(anchorOn, steps, interval),
		end: boundary(anchorOn, steps + 1, interval)
	};
}

/**
 * The whole period that a day is in, also before the anchor: what a shorter first or last one is a part of.
 */
export function wholePeriodOf(anchorOn: string, day: string, interval: Interval = 'month'): Period {
	if (day >= anchorOn) return periodOf(anchorOn, day, interval);
	let steps = 0;
	while (boundary(anchorOn, steps, interval) > day) steps--;
	return {
		start: boundary(anchorOn, steps, interval),
		end: boundary(anchorOn, steps + 1, interval)
	};
}

/** The moment at which a civil date begins in a zone. */
export function startOfDay(day: string, timeZone: string): Date {
	const { epochMilliseconds } = Temporal.PlainDate.from(day).toZonedDateTime(timeZone);
	return new Date(epochMilliseconds);
}

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;
const daysOf = { day: 1, week: 7 } as const;

/** How many boundaries after the anchor lie up to a day, that day's own too; -1 before the anchor. */
function stepsTo(anchorOn: string, day: string, interval: Interval): number {
	const days = daysBetween(anchorOn, day);
	if (days < 0) return -1;
	if (interval === 'day' || interval === 'week') return Math.floor(days / daysOf[interval]);
	const anchor = Temporal.PlainDate.from(anchorOn);
	const until = Temporal.PlainDate.from(day);
	const months = (until.year - anchor.year) * 12 + until.month - anchor.month;
	const steps = Math.floor(months / monthsOf[interval]);
	// One too many where the boundary in this month is still to come.
	return boundary(anchorOn, steps, interval) <= day ? steps : steps - 1;
}

function boundary(anchorOn: string, steps: number, interval: Interval): string {
	const anchor = Temporal.PlainDate.from(anchorOn);
	return anchor
		.add(
			interval === 'day' || interval === 'week'
				? { days: steps * daysOf[interval] }
				: { months: steps * monthsOf[interval] }
		)
		.toString();
}
