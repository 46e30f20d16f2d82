import * as v from 'valibot';
import { CivilDate } from '../../platform/schemas.ts';
import { greatestMinor } from '../ledger/index.ts';

export { CivilDate };
export { Currency } from '../rating/index.ts';

/** What is the same money however its reference is written: without spaces, in capitals. */
export function referenceKey(reference: string): string {
	return reference.replaceAll(/\s/g, '').toUpperCase();
}

/** Minor units; more than nothing, at most 15 digits. */
export const Minor = v.pipe(
	v.bigint('Write an amount such as 370.00.'),
	v.minValue(1n, 'An amount is more than nothing.'),
	v.maxValue(greatestMinor, 'An amount has at most 15 digits.')
);

const line = (most: number, words: string) =>
	v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty(words),
		v.maxLength(most, `Write at most ${most} characters.`),
		v.check((text) => !/\p{Cc}/u.test(text), 'Write it on one line.')
	);

export const Reference = v.pipe(
	line(80, 'Write what the bank calls it.'),
	v.check((text) => referenceKey(text) !== '', 'Write what the bank calls it.')
);
export const Reason = line(200, 'Write why.');
export const Payer = line(120, 'Write who sent it.');
export const CertificateNumber = line(40, 'Write the number of the certificate.');
export const InvoiceNumber = line(40, 'Write the number of an invoice.');
export const ReceiptNumber = line(40, 'Write the number of a receipt.');
