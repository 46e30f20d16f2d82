import { Temporal } from 'temporal-polyfill';
import type { Aggregation } from './meters.ts';

/**
 * How a figure at the end of a month or of another period is expected:
 * - `weekdays`: what was counted, and for each day ahead the mean of that weekday in the four weeks before;
 * - `rate`: at the rate of the period so far;
 * - `stays`: a level stays as it was read last, also where it counts by the hour, and a greatest value as great.
 */
export type ForecastMethod = 'weekdays' | 'rate' | 'stays';

export interface Forecast {
	value: number;
	method: ForecastMethod;
	/** The last civil date of the period. */
	day: string;
}

export interface Course {
	aggregation: Aggregation;
	/** Of the period so far. */
	total: number;
	/** The first and the last civil date of the period, which is running. */
	first: string;
	last: string;
	/** The running day, and how much of it has gone by, from 0 to 1. */
	today: string;
	gone: number;
	/** What a level that counts by the hour adds until the end of the period if it stays as it is. */
	ahead?: number;
	/** By civil date, of the four weeks before today. A day without an entry was without readings. */
	days: ReadonlyMap<string, number>;
}

const weeks = 4;
/** Fewer days tell nothing of weekdays. */
const fewest = 14;

/** Null where nothing can be said: in the first day of a period without a history, and of different values. */
export function forecastPeriod(course: Course): Forecast | null {
	const { aggregation, total, today, gone, days, last: day } = course;
	if (aggregation === 'latest' || aggregation === 'max')
		return { value: total, method: 'stays', day };
	if (aggregation === 'weighted')
		return { value: total + (course.ahead ?? 0), method: 'stays', day };
	// Who comes tomorrow may have been there already: different values do not add up.
	if (aggregation === 'unique') return null;
	const now = Temporal.PlainDate.from(today);
	const last = Temporal.PlainDate.from(day);
	const begun = earliest(days);
	if (begun !== null && begun.until(now).days >= fewest) {
		const mean = (weekday: number): number => meanOf(weekday, now, begun, days);
		let value = total + (1 - gone) * mean(now.dayOfWeek);
		for (let ahead = 1; ahead <= now.until(last).days; ahead += 1)
			value += mean(now.add({ days: ahead }).dayOfWeek);
		return { value, method: 'weekdays', day };
	}
	const first = Temporal.PlainDate.from(course.first);
	const elapsed = first.until(now).days + gone;
	const whole = first.until(last).days + 1;
	return elapsed < 1 ? null : { value: (total / elapsed) * whole, method: 'rate', day };
}

function earliest(days: ReadonlyMap<string, number>): Temporal.PlainDate | null {
	const [first] = [...days.keys()].sort();
	return first === undefined ? null : Temporal.PlainDate.from(first);
}

/** The mean of a weekday before today; a day without readings counts as none once measuring had begun. */
function meanOf(
	weekday: number,
	now: Temporal.PlainDate,
	first: Temporal.PlainDate,
	days: ReadonlyMap<string, number>
): number {
	let sum = 0;
	let count = 0;
	for (let back = 1; back <= weeks * 7; back += 1) {
		const day = now.subtract({ days: back });
		if (day.dayOfWeek !== weekday || Temporal.PlainDate.compare(day, first) < 0) continue;
		sum += days.get(String(day)) ?? 0;
		count += 1;
	}
	return count === 0 ? 0 : sum / count;
}
