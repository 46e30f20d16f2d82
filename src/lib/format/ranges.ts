import { Temporal } from 'temporal-polyfill';
import { m } from '#lib/paraglide/messages.js';
import { formatDays, formatMonth, formatShortMonth } from './dates.ts';

export const rangeKeys = ['today', '7d', '30d', '90d', 'month', 'last-month', 'custom'] as const;
export type RangeKey = (typeof rangeKeys)[number];

/** A stretch of time, told twice: as instants for queries, as civil dates for people. */
export interface Span {
	/** The first instant. */
	start: Date;
	/** The instant after the last one: a span is half-open. */
	end: Date;
	/** The first civil date, `YYYY-MM-DD`. */
	from: string;
	/** The last civil date, itself included. */
	to: string;
	/** `1 – 25 Nov 2026` */
	label: string;
	/** How a sentence calls it: `November` for a calendar month, `1 – 25 Nov` for days. */
	name: string;
	/** The same where there is little room: `Nov`, `1 – 25 Nov`. */
	shortName: string;
}

export interface DateRange extends Span {
	key: RangeKey;
	previous: Span;
	/** What was wrong with the address, for the reader; the range is then this month. */
	problem: string | null;
}

/** The longest custom range: a chart of more days says less than one of months. */
const longestDays = 366;

/**
 * Reads `?range=today|7d|30d|90d|month|last-month|custom&from=YYYY-MM-DD&to=YYYY-MM-DD`. Without a
 * range it is this month. Days are those of `zone`; a range that reaches today ends now.
 *
 * What a range is compared with:
 * - a calendar month (`month`, `last-month`) with the same dates of the month before, as far as that
 *   month goes: 1 – 25 Nov with 1 – 25 Oct, 1 – 31 Mar with 1 – 28 Feb;
 * - a number of days (`today`, `7d`, `30d`, `90d`, `custom`) with as many days immediately before.
 *
 * When the range ends now, the other ends at the same time of day on its own last date, so that a
 * morning is held against a morning; where the month before had no such date any more, at its end.
 */
export function readRange(params: URLSearchParams, now: Date, zone: string): DateRange {
	const moment = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone);
	const today = moment.toPlainDate();
	const key = params.get('range') ?? 'month';
	switch (key) {
		case 'today':
			return byDays('today', today, today, moment);
		case '7d':
			return byDays('7d', today.subtract({ days: 6 }), today, moment);
		case '30d':
			return byDays('30d', today.subtract({ days: 29 }), today, moment);
		case '90d':
			return byDays('90d', today.subtract({ days: 89 }), today, moment);
		case 'month':
			return byMonth('month', today.with({ day: 1 }), today, moment);
		case 'last-month': {
			const last = today.with({ day: 1 }).subtract({ days: 1 });
			return byMonth('last-month', last.with({ day: 1 }), last, moment);
		}
		case 'custom': {
			const dates = readDates(params, today);
			if (typeof dates !== 'string') return byDays('custom', dates.from, dates.to, moment);
			return { ...byMonth('month', today.with({ day: 1 }), today, moment), problem: dates };
		}
		default:
			return {
				...byMonth('month', today.with({ day: 1 }), today, moment),
				problem: m.format_range_unknown()
			};
	}
}

/** The two dates of a custom range, or the sentence that says what is wrong with them. A last date ahead is today. */
function readDates(
	params: URLSearchParams,
	today: Temporal.PlainDate
): { from: Temporal.PlainDate; to: Temporal.PlainDate } | string {
	const from = readDate(params.get('from'));
	const to = readDate(params.get('to'));
	if (!from || !to) return m.format_range_not_dates();
	if (Temporal.PlainDate.compare(from, to) > 0) return m.format_range_backwards();
	if (Temporal.PlainDate.compare(from, today) > 0) return m.format_range_ahead();
	const end = Temporal.PlainDate.compare(to, today) > 0 ? today : to;
	if (from.until(end).days >= longestDays) return m.format_range_too_long({ days: longestDays });
	return { from, to: end };
}

function readDate(text: string | null): Temporal.PlainDate | null {
	if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
	try {
		return Temporal.PlainDate.from(text, { overflow: 'reject' });
	} catch (error) {
		// 30 February has the form of a date and is none.
		if (error instanceof RangeError) return null;
		throw error;
	}
}

function byDays(
	key: RangeKey,
	from: Temporal.PlainDate,
	to: Temporal.PlainDate,
	moment: Temporal.ZonedDateTime
): DateRange {
	const days = from.until(to).days + 1;
	return {
		...span(from, to, endOf(to, moment), moment, 'days'),
		key,
		previous: span(
			from.subtract({ days }),
			to.subtract({ days }),
			endAs(to.subtract({ days }), to, moment),
			moment,
			'days'
		),
		problem: null
	};
}

function byMonth(
	key: RangeKey,
	from: Temporal.PlainDate,
	to: Temporal.PlainDate,
	moment: Temporal.ZonedDateTime
): DateRange {
	// Subtracting a month takes 31 March to 28 February: the cap of the rule.
	const before = to.subtract({ months: 1 });
	const end = before.day === to.day ? endAs(before, to, moment) : startOfNext(before, moment);
	return {
		...span(from, to, endOf(to, moment), moment, 'month'),
		key,
		previous: span(from.subtract({ months: 1 }), before, end, moment, 'month'),
		problem: null
	};
}

/** Where a range ends: now on the day that it is, else with its last day. */
function endOf(to: Temporal.PlainDate, moment: Temporal.ZonedDateTime): Date {
	return to.equals(moment.toPlainDate()) ? instant(moment) : startOfNext(to, moment);
}

/** Where the earlier range ends: at the same time of day as the one that ends on `to`. */
function endAs(
	day: Temporal.PlainDate,
	to: Temporal.PlainDate,
	moment: Temporal.ZonedDateTime
): Date {
	if (!to.equals(moment.toPlainDate())) return startOfNext(day, moment);
	return instant(
		day.toZonedDateTime({ timeZone: moment.timeZoneId, plainTime: moment.toPlainTime() })
	);
}

function startOfNext(day: Temporal.PlainDate, moment: Temporal.ZonedDateTime): Date {
	return instant(day.add({ days: 1 }).toZonedDateTime(moment.timeZoneId));
}

function span(
	from: Temporal.PlainDate,
	to: Temporal.PlainDate,
	end: Date,
	moment: Temporal.ZonedDateTime,
	by: 'days' | 'month'
): Span {
	const first = from.toString();
	const last = to.toString();
	const days = formatDays(first, last, from.year === moment.year ? 'drop' : 'keep');
	return {
		start: instant(from.toZonedDateTime(moment.timeZoneId)),
		end,
		from: first,
		to: last,
		label: formatDays(first, last),
		name: by === 'month' ? formatMonth(first) : days,
		shortName: by === 'month' ? formatShortMonth(first) : days
	};
}

function instant(moment: Temporal.ZonedDateTime): Date {
	return new Date(moment.epochMilliseconds);
}
