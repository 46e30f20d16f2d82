import { sql } from 'kysely';
import { defineJob, enqueue, on } from '../../platform/jobs.ts';
import type { Scope } from '../../platform/scope.ts';
import { signDue, type Claimed, type FiscalDocument } from '../fiscal/index.ts';
import type { TaxClass } from '../rating/index.ts';
import type { Party } from './parties.ts';

/** A job takes no longer than this; what is left the next one does. */
const longest = 120_000;

/** Has the control unit sign what was issued; every minute too, for what is tried again. */
const sign = defineJob<object>({
	name: 'billing.sign',
	cron: '* * * * *',
	opensOwnDoors: true,
	work: async () => {
		await signIssued({ until: performance.now() + longest });
	}
});

on('signature.asked', 'billing.sign-asked', (scope) => enqueue(scope, sign, {}));

/** Has the control unit sign everything that is due. */
export function signIssued(options: { until?: number; at?: Date } = {}): Promise<boolean> {
	return signDue(readFiscalDocuments, options);
}

/** What the unit is told of documents, as they were issued; many at once, a statement a table. */
async function readFiscalDocuments(
	{ db }: Scope,
	claimed: readonly Claimed[]
): Promise<FiscalDocument[]> {
	const notes = claimed.filter(({ kind }) => kind === 'credit_note');
	const invoices = claimed.filter(({ kind }) => kind !== 'credit_note');
	const among = (some: readonly Claimed[]) =>
		sql<string>`any(${some.map(({ documentId }) => documentId)})`;
	// Of a business and not of another, as the keys are.
	const of = (some: readonly Claimed[]) =>
		sql<string>`any(${[...new Set(some.map(({ businessId }) => businessId))]})`;
	const [heads, noteHeads, lines, noteLines, taxes, noteTaxes] = await Promise.all([
		db
			.selectFrom('billing.invoices as d')
			.leftJoin('billing.invoices as o', (join) =>
				join
					.onRef('o.business_id', '=', 'd.business_id')
					.onRef('o.id', '=', 'd.corrects_invoice_id')
			)
			.select(['d.id', 'd.number', 'd.issued_at', 'd.currency', 'd.seller', 'd.customer'])
			.select(['d.total_minor', 'o.number as original'])
			.where('d.business_id', '=', of(invoices))
			.where('d.id', '=', among(invoices))
			.execute(),
		db
			.selectFrom('billing.credit_notes as d')
			.innerJoin('billing.invoices as o', (join) =>
				join.onRef('o.business_id', '=', 'd.business_id').onRef('o.id', '=', 'd.invoice_id')
			)
			.select(['d.id', 'd.number', 'd.issued_at', 'd.currency', 'd.seller', 'd.customer'])
			.select(['d.total_minor', 'o.number as original'])
			.where('d.business_id', '=', of(notes))
			.where('d.id', '=', among(notes))
			.execute(),
		db
			.selectFrom('billing.invoice_lines')
			.select(['invoice_id as id', 'description', 'quantity', 'tax_class', 'tax_included'])
			.select(sql<bigint>`amount_minor - discount_minor`.as('amountMinor'))
			.where('business_id', '=', of(invoices))
			.where('invoice_id', '=', among(invoices))
			.orderBy('position')
			.execute(),
		db
			.selectFrom('billing.credit_note_lines')
			.select(['credit_note_id as id', 'description', 'tax_class', 'tax_included'])
			.select([sql<string | null>`null`.as('quantity'), 'amount_minor as amountMinor'])
			.where('business_id', '=', of(notes))
			.where('credit_note_id', '=', among(notes))
			.orderBy('position')
			.execute(),
		db
			.selectFrom('billing.invoice_taxes')
			.select(['invoice_id as id', 'tax_class', 'rate', 'base_minor', 'tax_minor'])
			.where('business_id', '=', of(invoices))
			.where('invoice_id', '=', among(invoices))
			.orderBy('rate', 'desc')
			.execute(),
		db
			.selectFrom('billing.credit_note_taxes')
			.select(['credit_note_id as id', 'tax_class', 'rate', 'base_minor', 'tax_minor'])
			.where('business_id', '=', of(notes))
			.where('credit_note_id', '=', among(notes))
			.orderBy('rate', 'desc')
			.execute()
	]);
	const headOf = new Map([...heads, ...noteHeads].map((head) => [head.id, head]));
	const linesOf = Map.groupBy([...lines, ...noteLines], ({ id }) => id);
	const taxesOf = Map.groupBy([...taxes, ...noteTaxes], ({ id }) => id);
	return claimed.map(({ documentId, kind, originalNumber }) => {
		const head = headOf.get(documentId);
		if (!head) throw new Error(`There is no document ${documentId} to sign.`);
		const party = (snapshot: unknown) => {
			const { name, taxPin } = snapshot as Party;
			return { name, taxPin };
		};
		return {
			id: documentId,
			kind,
			number: head.number,
			issuedAt: head.issued_at,
			currency: head.currency,
			seller: party(head.seller),
			customer: party(head.customer),
			lines: (linesOf.get(documentId) ?? []).map((line) => ({
				description: line.description,
				quantity: line.quantity,
				amountMinor: line.amountMinor,
				taxClass: line.tax_class as TaxClass,
				taxIncluded: line.tax_included
			})),
			taxes: (taxesOf.get(documentId) ?? []).map((tax) => ({
				taxClass: tax.tax_class as TaxClass,
				rate: tax.rate,
				baseMinor: tax.base_minor,
				taxMinor: tax.tax_minor
			})),
			totalMinor: head.total_minor,
			original:
				head.original === null ? null : { number: head.original, unitNumber: originalNumber }
		};
	});
}
