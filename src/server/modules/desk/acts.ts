import * as v from 'valibot';
import { CivilDate } from '../../platform/schemas.ts';
import { Currency } from '../rating/index.ts';

const Words = (most: number, words: string) =>
	v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty(words),
		v.maxLength(most, `Write at most ${most} characters.`)
	);

const Amount = v.pipe(
	v.string(),
	v.trim(),
	v.transform((text) =>
		/^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text
	),
	v.regex(/^\d{1,13}(\.\d{1,4})?$/, 'Write an amount such as 18500 or 18500.50.')
);

const Number = Words(40, 'Name the invoice.');
const Reason = Words(200, 'Say why, in words for the customer.');
const Slug = v.pipe(v.string(), v.nonEmpty('Choose one.'));

/** What staff can ask for; amounts are decimal text in major units. */
export const Act = v.variant(
	'kind',
	[
		v.strictObject({
			kind: v.literal('payment'),
			amount: Amount,
			currency: Currency,
			method: v.picklist(['bank', 'cash', 'mpesa', 'card'], 'Choose how it came.'),
			reference: Words(80, 'Write what the bank calls it.'),
			receivedOn: CivilDate,
			/** Invoices that it is for, in this order; else those due first. */
			invoices: v.optional(v.array(Number), [])
		}),
		v.strictObject({
			kind: v.literal('credit_note'),
			number: Number,
			reason: Reason,
			/** With its tax; left out, the whole. */
			amount: v.optional(Amount)
		}),
		v.strictObject({ kind: v.literal('void'), number: Number, reason: Reason }),
		v.strictObject({ kind: v.literal('write_off'), number: Number, reason: Reason }),
		v.strictObject({
			kind: v.literal('start'),
			product: Slug,
			plan: Slug,
			seats: v.optional(
				v.pipe(
					v.number('Write a number of seats.'),
					v.integer('Write whole seats.'),
					v.minValue(1, 'Give at least one seat.')
				)
			),
			coupon: v.optional(v.string())
		})
	],
	'Choose what is to be done.'
);
export type Act = v.InferOutput<typeof Act>;
