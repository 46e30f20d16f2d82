import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { greatestMinor, post } from '../ledger/index.ts';
import { addUp, major, rateLine, standardTaxRate } from '../rating/index.ts';
import { invoicePostings } from './books.ts';
import type { LineKind } from './draft-lines.ts';
import { readParties } from './parties.ts';
import { CivilDate, Currency, DecimalText } from './schemas.ts';
import { takeInvoiceNumber } from './series.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'invoice.issued': {
			invoiceId: string;
			number: string;
			/** Minor units, as text: JSON has no exact whole numbers of that size. */
			totalMinor: string;
			currency: string;
			dueOn: string;
		};
	}
}

const Line = v.object({
	description: v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('Write what the line is for.'),
		v.maxLength(200)
	),
	productId: v.optional(v.string()),
	/** On a line for usage: the meter that the quantity comes from. */
	meter: v.optional(v.string()),
	/** What the line pays for, half-open. */
	period: v.optional(v.object({ start: CivilDate, end: CivilDate })),
	quantity: DecimalText,
	/** Minor units of one, before tax; exact, may be finer than one. */
	unitMinor: DecimalText
});

const IssueInvoice = v.pipe(
	v.object({
		businessId: BusinessId,
		issuedOn: CivilDate,
		dueOn: CivilDate,
		currency: Currency,
		lines: v.pipe(v.array(Line), v.minLength(1, 'An invoice has at least one line.'))
	}),
	v.forward(
		v.check(({ issuedOn, dueOn }) => dueOn >= issuedOn, 'An invoice is due on its day or later.'),
		['dueOn']
	)
);

/**
 * Issues an invoice: takes the next number, rates each line, adds VAT at the standard rate on their sum,
 * keeps the parties as they are on the day, and posts it. It never changes afterwards.
 *
 * @throws Invalid for lines that come to nothing, to less, or to more than 15 digits; Conflict `seller_unknown`
 */
export const issueInvoice = usecase('billing.manage', IssueInvoice, async (scope, input) => {
	const { db, now } = scope;
	const { businessId, currency } = input;
	const lines = input.lines.map((line) => ({
		...line,
		amountMinor: rateLine(line.quantity, line.unitMinor),
		taxRate: standardTaxRate,
		taxClass: 'standard' as const
	}));
	const totals = addUp(lines);
	if (totals.totalMinor <= 0n)
		throw new Invalid([{ path: 'lines', message: 'The lines come to nothing to pay.' }]);
	if (totals.totalMinor > greatestMinor)
		throw new Invalid([{ path: 'lines', message: 'The lines come to more than 15 digits.' }]);
	const { seller, customer } = await readParties(scope, businessId, input.issuedOn);
	const numbered = await takeInvoiceNumber(scope, input.issuedOn);
	const id = newId('inv', now);
	await db
		.insertInto('billing.invoices')
		.values({
			business_id: businessId,
			id,
			...numbered,
			kind: 'invoice',
			status: 'open',
			issued_on: input.issuedOn,
			due_on: input.dueOn,
			issued_at: now,
			currency,
			subtotal_minor: totals.subtotalMinor,
			tax_minor: totals.taxMinor,
			total_minor: totals.totalMinor,
			seller: JSON.stringify(seller),
			customer: JSON.stringify(customer)
		})
		.execute();
	await db
		.insertInto('billing.invoice_lines')
		.values(
			lines.map((line, index) => ({
				business_id: businessId,
				invoice_id: id,
				position: index + 1,
				product_id: line.productId ?? null,
				meter: line.meter ?? null,
				description: line.description,
				period_start: line.period?.start ?? null,
				period_end: line.period?.end ?? null,
				quantity: line.quantity,
				unit_minor: line.unitMinor,
				amount_minor: line.amountMinor,
				tax_rate: line.taxRate,
				kind: kindOf(line),
				tax_class: line.taxClass,
				tax_included: false,
				exact_amount: major(line.amountMinor, currency)
			}))
		)
		.execute();
	await db
		.insertInto('billing.invoice_taxes')
		.values(
			totals.taxes.map(({ rate, taxClass = 'standard', baseMinor, taxMinor }) => ({
				business_id: businessId,
				invoice_id: id,
				tax_class: taxClass,
				rate,
				base_minor: baseMinor,
				tax_minor: taxMinor
			}))
		)
		.execute();
	await post(scope, {
		businessId,
		onDay: input.issuedOn,
		kind: 'issued',
		document: { kind: 'invoice', id, reference: numbered.number },
		currency,
		postings: invoicePostings(id, totals)
	});
	await emit(
		scope,
		'invoice.issued',
		{
			invoiceId: id,
			number: numbered.number,
			totalMinor: String(totals.totalMinor),
			currency,
			dueOn: input.dueOn
		},
		businessId
	);
	await announce(scope, businessId, 'billing');
	return { id, number: numbered.number, totalMinor: totals.totalMinor };
});

function kindOf({ meter, productId, period }: v.InferOutput<typeof Line>): LineKind {
	if (meter !== undefined) return 'usage';
	return productId !== undefined && period !== undefined ? 'plan' : 'other';
}
