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

/** More rows than that go on over pages; files have all of them. */
export const rowsAPage = 100;

/** Reads `?page=`, counted from 1; what is no page is the first. */
export function readPage(query: URLSearchParams): number {
	const text = query.get('page') ?? '';
	return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 1;
}

function isDay(text: string): boolean {
	if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
