import { Temporal } from 'temporal-polyfill';

/** A calendar month of the story. */
export interface StoryMonth {
	/** The first day, and the first of the month after. */
	start: string;
	end: string;
	/** Its days in order; of the running month those that have begun. */
	days: string[];
}

/** Civil dates and moments of the story as they lie in the zone of its businesses, none of them after `now`. */
export interface Calendar {
	now: Date;
	today: string;
	/** The running month for 0, the one before for 1, and so on. */
	month(back: number): StoryMonth;
	/** `November`; the running month for 0. */
	monthName(back: number): string;
	/** Some days after today, or before it. */
	day(after: number): string;
	startOf(day: string): Date;
	/** A time of day; of today it lies at most at `now`. */
	at(day: string, time: string): Date;
	/**
	 * A moment of a working day: 0 is its beginning at eight, 1 its end at six. Of today it is the same
	 * part of what has passed since midnight, so that a story told just after midnight fits too; and of
	 * the same date last month, which today is held against hour by hour.
	 */
	during(day: string, part: number): Date;
	/** So many minutes ago, drawn together when that would reach into yesterday. */
	ago(minutes: number): Date;
	/** Monday is 1, Sunday is 7. */
	weekday(day: string): number;
}

/** The hours of the morning that today's events lie in when the story is told in the afternoon. */
const longestAgo = 14 * 60;

export function createCalendar(now: Date, timeZone: string): Calendar {
	const moment = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
	const today = moment.toPlainDate();
	const date = (day: string): Temporal.PlainDate => Temporal.PlainDate.from(day);
	const startOf = (day: string): Date =>
		new Date(date(day).toZonedDateTime(timeZone).epochMilliseconds);
	const lastMonth = today.subtract({ months: 1 });
	const counterpart = lastMonth.day === today.day ? String(lastMonth) : null;
	const passed = now.getTime() - startOf(String(today)).getTime();

	return {
		now,
		today: String(today),
		month(back) {
			const start = today.with({ day: 1 }).subtract({ months: back });
			const last = back === 0 ? today : start.with({ day: start.daysInMonth });
			return {
				start: String(start),
				end: String(start.add({ months: 1 })),
				days: Array.from({ length: last.day }, (_, index) => String(start.add({ days: index })))
			};
		},
		monthName: (back) =>
			today.with({ day: 1 }).subtract({ months: back }).toLocaleString('en', { month: 'long' }),
		day: (after) => String(today.add({ days: after })),
		startOf,
		at(day, time) {
			const at = date(day).toZonedDateTime({
				timeZone,
				plainTime: Temporal.PlainTime.from(time)
			}).epochMilliseconds;
			return new Date(Math.min(at, now.getTime()));
		},
		during(day, part) {
			const start = startOf(day).getTime();
			if (day === String(today) || day === counterpart)
				return new Date(start + Math.floor(part * passed));
			return new Date(start + (8 + Math.floor(part * 10 * 3600) / 3600) * 3_600_000);
		},
		ago(minutes) {
			const room = Math.min(1, passed / (longestAgo * 60_000));
			return new Date(now.getTime() - Math.floor(minutes * 60_000 * room));
		},
		weekday: (day) => date(day).dayOfWeek
	};
}
