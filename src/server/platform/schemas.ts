import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';

/** A day of the calendar, without a zone: `2026-11-30`. */
export const CivilDate = v.pipe(
	v.string(),
	v.regex(/^\d{4}-\d\d-\d\d$/, 'Write a date such as 2026-11-30.'),
	v.check(isCivilDate, 'No calendar has this date.'),
	// Days that are reckoned from it have four digits of a year too, and PostgreSQL has no year 0.
	v.check((text) => text >= '1000' && text < '9000', 'Write a year such as 2026.')
);

export function isCivilDate(text: string): boolean {
	try {
		return Temporal.PlainDate.from(text).toString() === text;
	} catch {
		// RangeError is how a date that no calendar has is reported, such as 31 February.
		return false;
	}
}

/** What stands in letters and their subjects, on papers and in lists: nobody gets lines of their own into those. */
export function oneLine(message: string) {
	return v.check<string, string>((text) => !/\p{Cc}/u.test(text), message);
}

/** ISO 4217. */
export const Currency = v.pipe(
	v.string(),
	v.regex(/^[A-Z]{3}$/, 'Write a currency by its three letters, such as KES.')
);
