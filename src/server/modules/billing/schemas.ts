import * as v from 'valibot';
import { Temporal } from 'temporal-polyfill';
import { decimalPattern } from '../rating/index.ts';

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

export const Currency = v.pipe(
	v.string(),
	v.regex(/^[A-Z]{3}$/, 'Write a currency by its three letters, such as KES.')
);

/** An exact decimal as text; floating point never holds money or what makes it. */
export const DecimalText = v.pipe(
	v.string(),
	v.regex(decimalPattern, 'Write a decimal number such as 1486 or 0.90.')
);

export const PositiveDecimal = v.pipe(
	DecimalText,
	v.check((text) => !text.startsWith('-'), 'This cannot be less than nothing.')
);

export const InvoiceNumber = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(40));
