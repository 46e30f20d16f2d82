import { Temporal } from 'temporal-polyfill';
import type { Aggregation } from './meters.ts';

/**
 * How a figure at the end of the month is expected:
 * - `weekdays`: what was counted, and for each day ahead the mean of that weekday in the four weeks before;
 * - `rate`: at the rate of the month so far;
 * - `stays`: a level stays as it was read last, and a greatest value as great.
 */
export type ForecastMethod = 'weekdays' | 'rate' | 'stays';

export interface Forecast {
	value: number;
	method: ForecastMethod;
	/** The last civil date of the month. */
	day: string;
}

export interface Course {
	aggregation: Aggregation;
	/** Of the month so far. */
	total: number;
	/** The running day, and how much of it has gone by, from 0 to 1. */
	today: string;
	gone: number;
	/** By civil date, of the four weeks before today. A day without an entry was without readings. */
	days: ReadonlyMap<string, number>;
}

const weeks = 4;
/** Fewer days tell nothing of weekdays. */
const fewest = 14;

/** Null where nothing can be said: in the first day of a month without a history, and of different values. */
export function forecastMonth({ aggregation, total, today, gone, days }: Course): Forecast | null {
	const now = Temporal.PlainDate.from(today);
	const last = now.with({ day: now.daysInMonth });
	const day = String(last);
	if (aggregation === 'latest' || aggregation === 'max')
		return { value: total, method: 'stays', day };
	// Who comes tomorrow may have been there already: different values do not add up.
	if (aggregation === 'unique') return null;
	const first = earliest(days);
	if (first !== null && first.until(now).days >= fewest) {
		const mean = (weekday: number): number => meanOf(weekday, now, first, days);
		let value = total + (1 - gone) * mean(now.dayOfWeek);
		for (let ahead = 1; ahead <= now.until(last).days; ahead += 1)
			value += mean(now.add({ days: ahead }).dayOfWeek);
		return { value, method: 'weekdays', day };
	}
	const elapsed = now.day - 1 + gone;
	return elapsed < 1 ? null : { value: (total / elapsed) * now.daysInMonth, method: 'rate', day };
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
