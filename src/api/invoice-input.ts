import * as v from 'valibot';
import type { createInvoiceDraft } from '#server/modules/billing/index.ts';
import { taxClasses } from '#server/modules/rating/index.ts';
import { Invalid } from '#server/platform/errors.ts';
import { CivilDate } from '#server/platform/schemas.ts';

const Text = (what: string) => v.pipe(v.string(), v.description(what));

/** What an invoice or a draft of one says, as it stands in a request. */
export const draftEntries = {
	business: Text('The id of the business.'),
	currency: Text('By its three letters (ISO 4217).'),
	lines: v.pipe(
		v.array(
			v.strictObject({
				description: Text('What it is for.'),
				quantity: v.optional(Text('A decimal as text; 1 by default.')),
				unit_amount: Text(
					'What one costs, in major units, as text; may be finer than the currency. What is given back is a credit note.'
				),
				product: v.optional(Text('The id of the product that it is for.')),
				period: v.optional(
					v.pipe(
						v.strictObject({ start: CivilDate, end: CivilDate }),
						v.description('What it pays for, half-open.')
					)
				),
				tax_class: v.optional(v.picklist(taxClasses)),
				tax_included: v.optional(
					v.pipe(v.boolean(), v.description('Whether `unit_amount` has the tax in it.'))
				)
			})
		),
		v.description('At least one.')
	),
	discounts: v.optional(
		v.pipe(
			v.array(
				v.strictObject({
					label: v.string(),
					percent: v.optional(v.string()),
					amount: v.optional(Text('In major units.'))
				})
			),
			v.description('Taken off before tax, one after the other; each has `percent` or `amount`.')
		)
	),
	kind: v.optional(v.picklist(['invoice', 'debit_note'])),
	corrects: v.optional(
		Text('Of a debit note: the number of the invoice that asked for too little.')
	),
	reference: v.optional(
		Text('What the customer wants to find it by; by default what they said themselves.')
	)
};

type DraftInput = v.InferOutput<v.StrictObjectSchema<typeof draftEntries, undefined>>;

export const InvoiceInput = v.pipe(
	v.strictObject({
		...draftEntries,
		issued_on: v.optional(
			v.pipe(CivilDate, v.description('Today in the zone of the business by default.'))
		),
		due_on: v.optional(
			v.pipe(CivilDate, v.description('By default after the days that the vendor gives.'))
		)
	}),
	v.metadata({ ref: 'InvoiceInput' })
);

export const exampleDraft: DraftInput = {
	business: 'biz_06ebk3w5q8x1y2z3a4b5c6d7e8',
	currency: 'KES',
	lines: [{ description: 'Training, two days', quantity: '2', unit_amount: '15000' }],
	discounts: [{ label: 'Long-standing customer', percent: '10' }],
	reference: 'PO 4711'
};

/** As billing takes it. */
export function invoiceInput(input: DraftInput): Parameters<typeof createInvoiceDraft>[1] {
	const { business, currency, lines, discounts, kind, corrects, reference } = input;
	return {
		businessId: business,
		currency,
		lines: lines.map((line) => ({
			description: line.description,
			unitAmount: line.unit_amount,
			...(line.quantity === undefined ? {} : { quantity: line.quantity }),
			...(line.product === undefined ? {} : { productId: line.product }),
			...(line.period === undefined ? {} : { period: line.period }),
			...(line.tax_class === undefined ? {} : { taxClass: line.tax_class }),
			...(line.tax_included === undefined ? {} : { taxIncluded: line.tax_included })
		})),
		...(discounts === undefined
			? {}
			: {
					discounts: discounts.map(({ label, percent, amount }) => ({
						label,
						...(percent === undefined ? {} : { percent }),
						...(amount === undefined ? {} : { amount })
					}))
				}),
		...(kind === undefined ? {} : { kind }),
		...(corrects === undefined ? {} : { corrects }),
		...(reference === undefined ? {} : { customerReference: reference })
	};
}

const names: Record<string, string> = {
	businessId: 'business',
	productId: 'product',
	correctsInvoiceId: 'corrects',
	customerReference: 'reference',
	onDay: 'on'
};

/** Tells faults by the names that fields have in a request. */
export async function inWords<R>(work: () => Promise<R>): Promise<R> {
	try {
		return await work();
	} catch (failure) {
		if (!(failure instanceof Invalid)) throw failure;
		const issues = failure.issues.map((issue) => ({
			...issue,
			path: issue.path
				.split('.')
				.map(
					(part) => names[part] ?? part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
				)
				.join('.')
		}));
		throw new Invalid(issues, failure.code, failure.status);
	}
}
