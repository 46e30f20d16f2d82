import { Temporal } from 'temporal-polyfill';

export interface StatementRange {
	/** Civil dates, both included. */
	from: string;
	to: string;
	/** Whether the address asked for days that are none, or the wrong way round. */
	unknown: boolean;
}

/**
 * Reads `?from=&to=`. What is not said is the beginning of the month eleven months ago, and today: a year
 * of months, this one included.
 */
export function readRange(query: URLSearchParams, today: string): StatementRange {
	const usual = {
		from: Temporal.PlainDate.from(today).subtract({ months: 11 }).with({ day: 1 }).toString(),
		to: today
	};
	const from = query.get('from')?.trim() || usual.from;
	const to = query.get('to')?.trim() || usual.to;
	return isDay(from) && isDay(to) && from <= to
		? { from, to, unknown: false }
		: { ...usual, unknown: true };
}

function isDay(text: string): boolean {
	if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
