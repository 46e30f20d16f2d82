import { Temporal } from 'temporal-polyfill';

/** The civil date that it is at an instant in a zone. */
export function civilDate(at: Date, timeZone: string): string {
	return Temporal.Instant.fromEpochMilliseconds(at.getTime())
		.toZonedDateTimeISO(timeZone)
		.toPlainDate()
		.toString();
}

/** The last `count` calendar months up to the one of a civil date, in order: `2026-04`. */
export function monthsUpTo(day: string, count: number): string[] {
	const last = Temporal.PlainDate.from(day).toPlainYearMonth();
	return Array.from({ length: count }, (_, index) =>
		last.subtract({ months: count - 1 - index }).toString()
	);
}

/**
 * The change from one count to another in per cent, rounded half up away from zero to one decimal.
 * @returns null when there is nothing to compare with
 */
export function changePercent(from: number, to: number): number | null {
	if (from === 0) return null;
	const tenths = ((to - from) * 1000) / from;
	return (Math.sign(tenths) * Math.round(Math.abs(tenths))) / 10;
}
