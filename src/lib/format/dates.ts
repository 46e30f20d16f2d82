import { Temporal } from 'temporal-polyfill';
import { m } from '#lib/paraglide/messages.js';
import { kept, pageLocale } from './locale.ts';

/*
 * Instants are `Date`; days are civil dates, `YYYY-MM-DD`, reckoned in the zone of the business.
 * The order of day, month and year is the product's own (12 Nov 2026); the names of months come
 * from Intl. English months have three letters in every region, where Intl writes Sept for Kenya.
 */

const shortMonths = kept((locale) => monthNames(locale, 'short'));
const longMonths = kept((locale) => monthNames(locale, 'long'));
const relative = kept((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'always' }));

function monthNames(locale: string, width: 'short' | 'long'): string[] {
	const language = new Intl.Locale(locale).language;
	const names = new Intl.DateTimeFormat(language, { month: width, timeZone: 'UTC' });
	return Array.from({ length: 12 }, (_, month) => names.format(Date.UTC(2026, month, 1)));
}

/** The pieces of a civil date. Writing one takes no reckoning, so it goes without Temporal. */
function pieces(civil: string): { year: string; month: number; day: number } {
	return {
		year: civil.slice(0, 4),
		month: Number(civil.slice(5, 7)) - 1,
		day: Number(civil.slice(8, 10))
	};
}

/**
 * How far zones are from UTC in each quarter of an hour, in ms: finding an instant's place in a zone is dear,
 * and a page or a download of a year writes many. Clocks change at quarters of an hour. Kept are plain
 * numbers, so that writing a million instants leaves nothing behind.
 */
const offsets = new Map<string, Map<number, number>>();
const mostOffsets = 2_000;
const quarterMs = 900_000;

function offsetOf(instant: number, zone: string): number {
	let known = offsets.get(zone);
	if (!known || known.size > mostOffsets) offsets.set(zone, (known = new Map()));
	const quarter = Math.floor(instant / quarterMs);
	let offset = known.get(quarter);
	if (offset === undefined) {
		const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
		offset = zoned.offsetNanoseconds / 1_000_000;
		known.set(quarter, offset);
	}
	return offset;
}

/** Day and time of an instant in a zone: `2026-11-25T12:04`. */
function momentOf(at: Date, zone: string): string {
	const instant = at.getTime();
	return new Date(instant + offsetOf(instant, zone)).toISOString().slice(0, 16);
}

/** The civil date that it is at an instant in a zone: `2026-11-25`. */
export function civilDate(at: Date, zone: string): string {
	return momentOf(at, zone).slice(0, 10);
}

/** The civil date some days after another; before it, for a negative number. */
export function daysAfter(day: string, days: number): string {
	return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** How many days lie from one civil date to another: 5 from 25 to 30 November. */
export function daysBetween(from: string, to: string): number {
	// Read as UTC, a civil date is always 24 hours from the next: no clock changes come between.
	return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** `12 Nov 2026` */
export function formatDate(civil: string, locale = pageLocale()): string {
	return `${formatDay(civil, locale)} ${pieces(civil).year}`;
}

/** `12 Nov`: only where the year can't be mistaken. */
export function formatDay(civil: string, locale = pageLocale()): string {
	return `${pieces(civil).day} ${formatShortMonth(civil, locale)}`;
}

/** `November` */
export function formatMonth(civil: string, locale = pageLocale()): string {
	return longMonths(locale)[pieces(civil).month] ?? '';
}

/** `Nov` */
export function formatShortMonth(civil: string, locale = pageLocale()): string {
	return shortMonths(locale)[pieces(civil).month] ?? '';
}

/** `14:02`, by the 24-hour clock. */
export function formatTime(at: Date, zone: string): string {
	return momentOf(at, zone).slice(11);
}

/** `25 Nov 2026, 12:04`: the exact moment that a relative time carries as its title. */
export function formatDateTime(at: Date, zone: string, locale = pageLocale()): string {
	return `${formatDate(civilDate(at, zone), locale)}, ${formatTime(at, zone)}`;
}

/**
 * Two civil dates, both included, with nothing said twice: `1 – 25 Nov 2026`,
 * `28 Oct – 3 Nov 2026`, `30 Dec 2025 – 2 Jan 2026`, one day as `25 Nov 2026`.
 *
 * @param year `drop` leaves the years out; dates of two different years keep them
 */
export function formatDays(
	from: string,
	to: string,
	year: 'keep' | 'drop' = 'keep',
	locale = pageLocale()
): string {
	const first = pieces(from);
	const last = pieces(to);
	if (first.year !== last.year) return `${formatDate(from, locale)} – ${formatDate(to, locale)}`;
	const end = year === 'keep' ? formatDate(to, locale) : formatDay(to, locale);
	if (from === to) return end;
	return first.month === last.month
		? `${first.day} – ${end}`
		: `${formatDay(from, locale)} – ${end}`;
}

/**
 * How long ago something was, in words: `Just now` within a minute, then minutes, then hours (of the
 * same day, or across midnight up to six), then `Yesterday`, `3 days ago` and, from a week on, the
 * date. What lies ahead, by a clock that runs fast, is `Just now` as well.
 */
export function formatAgo(at: Date, now: Date, zone: string, locale = pageLocale()): string {
	const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
	if (minutes < 1) return m.format_just_now();
	if (minutes < 60) return relative(locale).format(-minutes, 'minute');
	const day = civilDate(at, zone);
	const today = civilDate(now, zone);
	const days = daysBetween(day, today);
	if (days === 0 || minutes < 6 * 60) {
		return relative(locale).format(-Math.floor(minutes / 60), 'hour');
	}
	if (days === 1) return m.format_yesterday();
	if (days < 7) return relative(locale).format(-days, 'day');
	return day.slice(0, 4) === today.slice(0, 4) ? formatDay(day, locale) : formatDate(day, locale);
}

/** The heading of a day in a list: `Today, 25 Nov`, `Yesterday, 24 Nov`, `Mon 23 Nov`, with the year when it is another. */
export function formatDayHeading(day: string, today: string, locale = pageLocale()): string {
	const date =
		day.slice(0, 4) === today.slice(0, 4) ? formatDay(day, locale) : formatDate(day, locale);
	if (day === today) return m.format_day_today({ date });
	if (daysBetween(day, today) === 1) return m.format_day_yesterday({ date });
	return `${weekdays(locale).format(Date.parse(day))} ${date}`;
}

const weekdays = kept(
	(locale) => new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
);
