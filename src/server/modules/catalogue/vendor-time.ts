import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';

/** Where the vendor reckons its days and hours: those in which maintenance is planned. */
export const vendorZone = 'Africa/Nairobi';

/** A moment, or words for one: `2026-11-30T22:00` by the vendor's clock, or with an offset of its own. */
export const VendorTime = v.pipe(
	v.union([v.date(), v.string()], 'Give a day and a time.'),
	v.rawTransform(({ dataset, addIssue, NEVER }): Date => {
		const { value } = dataset;
		if (value instanceof Date) return value;
		const at = read(value.trim());
		if (at) return at;
		addIssue({ message: 'Write a day and a time, such as 2026-11-30T22:00.' });
		return NEVER;
	})
);

function read(text: string): Date | null {
	// A day without its hour is no moment.
	if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return null;
	try {
		const instant = /(Z|[+-]\d\d:\d\d)$/.test(text)
			? Temporal.Instant.from(text)
			: Temporal.PlainDateTime.from(text, { overflow: 'reject' })
					.toZonedDateTime(vendorZone)
					.toInstant();
		return new Date(instant.epochMilliseconds);
	} catch (error) {
		// How a text that is no moment is reported, such as the thirty-first of November.
		if (error instanceof RangeError) return null;
		throw error;
	}
}
