import * as v from 'valibot';
import { decimalPattern, digitsOf, exact, mostDigits } from './decimal.ts';

export const TimeZone = v.pipe(
	v.string(),
	v.check((zone) => {
		try {
			return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
		} catch {
			// RangeError is how Intl says that it does not know the zone.
			return false;
		}
	}, 'Write a time zone such as Africa/Nairobi.')
);

const asText = 'Write a decimal number as text, such as "1486" or "0.90".';

/** Why a text is no amount or quantity, or null where it is one. */
function faultOf(text: string): string | null {
	if (!/^-?\d+(\.\d+)?$/.test(text)) return asText;
	if (text.startsWith('-')) return 'This cannot be less than nothing.';
	const long = digitsOf(exact(text)) > mostDigits;
	if (long || !decimalPattern.test(text)) return `This has more than ${mostDigits} digits.`;
	return null;
}

const plain = v.rawCheck<string>(({ dataset, addIssue }) => {
	const message = dataset.typed ? faultOf(dataset.value) : null;
	if (message !== null) addIssue({ message });
});

/** Money in major units, or a rate in per cent: only as text, since a JSON number may be inexact. */
export const Amount = v.pipe(v.string(asText), v.maxLength(40, asText), plain);

/** An exact quantity, not below zero; whole numbers may also come as JSON numbers. */
export const Quantity = v.pipe(
	v.union([v.string(), v.pipe(v.number(), v.safeInteger(asText))], asText),
	v.transform(String),
	v.maxLength(40, asText),
	plain
);

/** How many, where halves make no sense. */
export const Count = v.pipe(
	Quantity,
	v.check((text) => !text.includes('.'), 'Write a whole number.')
);

export const aboveZero = v.check<string, string>(
	(text) => !/^[0.]*$/.test(text),
	'This has to be more than nothing.'
);
