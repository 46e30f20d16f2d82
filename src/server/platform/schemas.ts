import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';

/** A day of the calendar, without a zone: `2026-11-30`. */
export const CivilDate = v.pipe(
	v.string(),
	v.regex(/^\d{4}-\d\d-\d\d$/, 'Write a date such as 2026-11-30.'),
	v.check((text) => {
		try {
			return Temporal.PlainDate.from(text).toString() === text;
		} catch {
			// RangeError is how a date that no calendar has is reported, such as 31 February.
			return false;
		}
	}, 'No calendar has this date.')
);

/** ISO 4217. */
export const Currency = v.pipe(
	v.string(),
	v.regex(/^[A-Z]{3}$/, 'Write a currency by its three letters, such as KES.')
);
