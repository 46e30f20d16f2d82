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

/**
 * The first monthly boundary after a day. Each is reckoned from the anchor itself and not from the
 * one before, so that a short month moves none of those after it.
 */
export function boundaryAfter(anchorOn: string, day: string): string {
	const anchor = Temporal.PlainDate.from(anchorOn);
	const after = Temporal.PlainDate.from(day);
	// The whole months up to the day are at most one short, since a month may end before the anchor's day.
	const months = Math.max(0, (after.year - anchor.year) * 12 + after.month - anchor.month);
	const boundary = anchor.add({ months });
	return (
		Temporal.PlainDate.compare(boundary, after) > 0 ? boundary : anchor.add({ months: months + 1 })
	).toString();
}
