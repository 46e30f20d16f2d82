import { Temporal } from 'temporal-polyfill';
import type { DateRange } from '#lib/format/ranges.ts';

/** The axis of a chart over a range, and of the range it is compared with. */
export interface Steps {
	bucket: 'hour' | 'day';
	current: string[];
	previous: string[];
	/** How many steps of the axis have begun. */
	begun: number;
	/** Where the earlier axis ends; for the running month that is later than what is compared. */
	previousEnd: Date;
}

/** Hours for one day, civil dates otherwise; the running month goes on to its end. */
export function stepsOf(range: DateRange, zone: string): Steps {
	if (range.from === range.to) {
		const last = Temporal.Instant.fromEpochMilliseconds(range.end.getTime() - 1).toZonedDateTimeISO(
			zone
		);
		return {
			bucket: 'hour',
			current: hoursOf(range.from),
			previous: hoursOf(range.previous.from),
			begun: String(last.toPlainDate()) === range.from ? last.hour + 1 : 24,
			previousEnd: range.previous.end
		};
	}
	const begun = daysOf(range.from, range.to).length;
	if (range.key !== 'month')
		return {
			bucket: 'day',
			current: daysOf(range.from, range.to),
			previous: daysOf(range.previous.from, range.previous.to),
			begun,
			previousEnd: range.previous.end
		};
	const before = Temporal.PlainDate.from(range.previous.from);
	const next = before.with({ day: 1 }).add({ months: 1 });
	return {
		bucket: 'day',
		current: daysOf(range.from, endOfMonth(range.from)),
		previous: daysOf(range.previous.from, endOfMonth(range.previous.from)),
		begun,
		previousEnd: new Date(next.toZonedDateTime(zone).epochMilliseconds)
	};
}

/** The step in which an instant lies. */
export function stepAt(at: Date, bucket: Steps['bucket'], zone: string): string {
	const moment = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
	const day = String(moment.toPlainDate());
	return bucket === 'day' ? day : `${day}T${String(moment.hour).padStart(2, '0')}:00`;
}

function hoursOf(day: string): string[] {
	return Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}:00`);
}

function daysOf(from: string, to: string): string[] {
	const first = Temporal.PlainDate.from(from);
	return Array.from({ length: first.until(to).days + 1 }, (_, index) =>
		String(first.add({ days: index }))
	);
}

function endOfMonth(day: string): string {
	const date = Temporal.PlainDate.from(day);
	return String(date.with({ day: date.daysInMonth }));
}
