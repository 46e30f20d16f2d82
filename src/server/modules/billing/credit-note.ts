import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, businessIn } from '../businesses/index.ts';
import { readSignatures, type Signature } from '../fiscal/index.ts';
import type { TaxClass } from '../rating/index.ts';
import { readOriginal, type InvoiceLine, type Original } from './archive.ts';
import type { Party } from './parties.ts';
import { InvoiceNumber } from './schemas.ts';
import type { InvoiceTotals } from './totals.ts';

export interface CreditNote {
	id: string;
	number: string;
	/** The invoice that it gives back of. */
	corrects: Original;
	issuedOn: string;
	issuedAt: Date;
	reason: string;
	currency: string;
	customerReference: string | null;
	seller: Party;
	customer: Party;
	lines: InvoiceLine[];
	totals: InvoiceTotals;
	/** What of it the invoice still asked for; the rest became the customer's credit. */
	settledMinor: bigint;
	signature: Signature | null;
}

/** One credit note of the scope's business as it was issued. A system door names the business. @throws NotFound */
export const readCreditNote = usecase(
	'billing.read',
	v.object({ number: InvoiceNumber, businessId: v.optional(BusinessId) }),
	async (scope, { number, businessId: named }): Promise<CreditNote> => {
		const { db } = scope;
		const businessId = businessIn(scope, named);
		const row = await db
			.selectFrom('billing.credit_notes')
			.select(['id', 'number', 'invoice_id', 'issued_on', 'issued_at', 'reason', 'currency'])
			.select(['customer_reference', 'seller', 'customer'])
			.select(['subtotal_minor', 'tax_minor', 'total_minor', 'settled_minor'])
			.where('business_id', '=', businessId)
			.where('number', '=', number)
			.executeTakeFirst();
		if (!row) throw new NotFound('This credit note');
		const [lines, taxes, corrects, signatures] = await Promise.all([
			db
				.selectFrom('billing.credit_note_lines')
				.select(['product_id', 'description', 'amount_minor'])
				.select(['tax_class', 'tax_rate', 'tax_included'])
				.where('business_id', '=', businessId)
				.where('credit_note_id', '=', row.id)
				.orderBy('position')
				.execute(),
			db
				.selectFrom('billing.credit_note_taxes')
				.select(['tax_class as taxClass', 'rate'])
				.select(['base_minor as baseMinor', 'tax_minor as taxMinor'])
				.where('business_id', '=', businessId)
				.where('credit_note_id', '=', row.id)
				.orderBy('rate', 'desc')
				.orderBy('tax_class')
				.execute(),
			readOriginal(scope, businessId, row.invoice_id),
			readSignatures(scope, { documentIds: [row.id] })
		]);
		return {
			id: row.id,
			number: row.number,
			corrects,
			issuedOn: row.issued_on,
			issuedAt: row.issued_at,
			reason: row.reason,
			currency: row.currency,
			customerReference: row.customer_reference,
			seller: row.seller as unknown as Party,
			customer: row.customer as unknown as Party,
			lines: lines.map((line) => ({
				kind: 'credit',
				productId: line.product_id,
				meter: null,
				description: line.description,
				period: null,
				quantity: null,
				unitMinor: null,
				amountMinor: line.amount_minor,
				taxClass: line.tax_class as TaxClass,
				taxRate: line.tax_rate,
				taxIncluded: line.tax_included,
				steps: []
			})),
			totals: {
				subtotalMinor: row.subtotal_minor,
				taxes: taxes as InvoiceTotals['taxes'],
				taxMinor: row.tax_minor,
				totalMinor: row.total_minor
			},
			settledMinor: row.settled_minor,
			signature: signatures.get(row.id) ?? null
		};
	}
);
