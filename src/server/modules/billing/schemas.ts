import * as v from 'valibot';
import { decimalPattern } from '../rating/index.ts';

export { CivilDate, Currency } from '../../platform/schemas.ts';

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
