import { sql, type Kysely } from 'kysely';
import * as v from 'valibot';
import type { DB } from '../../platform/tables.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import type { Apart, Books, Posting } from '../ledger/index.ts';
import type { TaxClass } from '../rating/index.ts';
import type { InvoiceKind } from './draft-lines.ts';
import { addUpLines, type InvoiceTotals, type TaxedLine } from './totals.ts';

/** What an invoice moves in the ledger: the customer owes it, by tax rate the vendor has earned it. */
export function invoicePostings(
	invoiceId: string,
	totals: Pick<InvoiceTotals, 'taxes' | 'totalMinor'>
) {
	const parts = totals.taxes.flatMap(({ rate, taxClass, baseMinor, taxMinor }): Posting[] => [
		{ account: 'revenue', taxRate: rate, taxClass, amountMinor: -baseMinor },
		{ account: 'tax', taxRate: rate, taxClass, amountMinor: -taxMinor }
	]);
	return [{ account: 'receivable' as const, invoiceId, amountMinor: totals.totalMinor }, ...parts];
}

/** What giving an invoice up moves; less than nothing takes it back. */
export function writeOffPostings(invoiceId: string, amountMinor: bigint): Posting[] {
	return [
		{ account: 'written_off', amountMinor },
		{ account: 'receivable', invoiceId, amountMinor: -amountMinor }
	];
}

/** What using credit moves. */
export function creditUsePostings(invoiceId: string, amountMinor: bigint): Posting[] {
	return [
		{ account: 'credit', amountMinor },
		{ account: 'receivable', invoiceId, amountMinor: -amountMinor }
	];
}

/** What a credit note moves: less was earned and is owed for its invoice, the rest is the customer's to use. */
export function creditNotePostings(
	invoiceId: string,
	{ taxes, totalMinor }: Pick<InvoiceTotals, 'taxes' | 'totalMinor'>,
	settledMinor: bigint
): Posting[] {
	return [
		...taxes.flatMap(({ rate, taxClass, baseMinor, taxMinor }): Posting[] => [
			{ account: 'revenue', taxRate: rate, taxClass, amountMinor: baseMinor },
			{ account: 'tax', taxRate: rate, taxClass, amountMinor: taxMinor }
		]),
		{ account: 'receivable', invoiceId, amountMinor: -settledMinor },
		{ account: 'credit', amountMinor: settledMinor - totalMinor }
	];
}

export function reversed(postings: readonly Posting[]): Posting[] {
	return postings.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));
}

/**
 * What the papers of these businesses come to, for comparing with the ledger: revenue and tax of an invoice from
 * its lines, what is owed from the invoice itself.
 */
export const readBooks = usecase(
	'ledger.verify',
	v.object({ businessIds: v.array(BusinessId) }),
	async ({ db }, { businessIds }): Promise<Books> => {
		const ofThese = sql<string>`any(${businessIds})`;
		const [apart, invoices, lines, notes, noteTaxes, settlements] = await Promise.all([
			readApart(db, businessIds),
			db
				.selectFrom('billing.invoices')
				.select(['business_id', 'id', 'number', 'kind', 'status', 'issued_on', 'currency'])
				.select(['total_minor', 'paid_minor'])
				.where('business_id', '=', ofThese)
				.orderBy('business_id')
				.orderBy('id')
				.execute(),
			db
				.selectFrom('billing.invoice_lines')
				.select(['business_id', 'invoice_id', 'amount_minor', 'discount_minor'])
				.select(['tax_class', 'tax_rate', 'tax_included'])
				.where('business_id', '=', ofThese)
				.execute(),
			db
				.selectFrom('billing.credit_notes')
				.select(['business_id', 'id', 'number', 'invoice_id', 'issued_on', 'currency'])
				.select(['total_minor', 'settled_minor'])
				.where('business_id', '=', ofThese)
				.orderBy('business_id')
				.orderBy('id')
				.execute(),
			db
				.selectFrom('billing.credit_note_taxes')
				.select(['business_id', 'credit_note_id', 'tax_class', 'rate'])
				.select(['base_minor as baseMinor', 'tax_minor as taxMinor'])
				.where('business_id', '=', ofThese)
				.execute(),
			db
				.selectFrom('billing.settlements as settlement')
				.innerJoin('billing.invoices as invoice', (join) =>
					join
						.onRef('invoice.business_id', '=', 'settlement.business_id')
						.onRef('invoice.id', '=', 'settlement.invoice_id')
				)
				.select(['settlement.business_id', 'settlement.id', 'settlement.invoice_id'])
				.select(['settlement.source_kind', 'settlement.amount_minor', 'settlement.on_day'])
				.select(['invoice.number', 'invoice.currency'])
				.where('settlement.business_id', '=', ofThese)
				.where('settlement.source_kind', 'in', ['credit', 'write_off'])
				.orderBy('settlement.business_id')
				.orderBy('settlement.id')
				.execute()
		]);
		const linesOf = Map.groupBy(lines, ({ invoice_id }) => invoice_id);
		const taxesOf = Map.groupBy(noteTaxes, ({ credit_note_id }) => credit_note_id);
		return {
			claims: [
				...invoices.map((invoice) => {
					const issued = invoicePostings(invoice.id, {
						taxes: addUpLines((linesOf.get(invoice.id) ?? []).map(taxed)).taxes,
						totalMinor: invoice.total_minor
					});
					return {
						businessId: invoice.business_id,
						document: {
							kind: invoice.kind as InvoiceKind,
							id: invoice.id,
							reference: invoice.number
						},
						onDay: invoice.issued_on,
						currency: invoice.currency,
						postings: invoice.status === 'void' ? [...issued, ...reversed(issued)] : issued
					};
				}),
				...notes.map((note) => ({
					businessId: note.business_id,
					document: { kind: 'credit_note' as const, id: note.id, reference: note.number },
					onDay: note.issued_on,
					currency: note.currency,
					postings: creditNotePostings(
						note.invoice_id,
						{
							taxes: (taxesOf.get(note.id) ?? []).map(({ tax_class, ...tax }) => ({
								...tax,
								taxClass: tax_class as TaxClass
							})),
							totalMinor: note.total_minor
						},
						note.settled_minor
					)
				})),
				...settlements.map((settlement) => ({
					businessId: settlement.business_id,
					document: {
						kind:
							settlement.source_kind === 'credit'
								? ('credit_use' as const)
								: ('write_off' as const),
						id: settlement.id,
						reference: settlement.number
					},
					onDay: settlement.on_day,
					currency: settlement.currency,
					postings: (settlement.source_kind === 'credit' ? creditUsePostings : writeOffPostings)(
						settlement.invoice_id,
						settlement.amount_minor
					)
				}))
			],
			apart,
			owed: invoices.map((invoice) => ({
				businessId: invoice.business_id,
				invoice: { id: invoice.id, number: invoice.number },
				currency: invoice.currency,
				amountMinor: invoice.status === 'void' ? 0n : invoice.total_minor - invoice.paid_minor
			}))
		};
	}
);

/**
 * Invoices whose settlements do not add up to what they say was paid, and lines of which something else was given
 * back than they say: by credit notes, and by lines of invoices that are not void, less what notes took back of them.
 */
async function readApart(db: Kysely<DB>, businessIds: string[]): Promise<Apart[]> {
	const { rows } = await sql<{
		business_id: string;
		number: string;
		currency: string;
		of: Apart['of'];
		said: bigint;
		adds_up: string;
	}>`
		select i.business_id, i.number, i.currency, 'settled' as of, i.paid_minor as said, sum.amount as adds_up
		from billing.invoices i
		cross join lateral (
			select coalesce(sum(s.amount_minor), 0) as amount from billing.settlements s
			where s.business_id = i.business_id and s.invoice_id = i.id
		) sum
		where i.business_id = any(${businessIds}) and i.paid_minor <> sum.amount
		union all
		select i.business_id, i.number, i.currency, 'credited', l.credited_minor, noted.amount + later.amount
		from billing.invoice_lines l
		join billing.invoices i on i.business_id = l.business_id and i.id = l.invoice_id
		cross join lateral (
			select coalesce(sum(n.amount_minor), 0) as amount from billing.credit_note_lines n
			where n.business_id = l.business_id and n.invoice_id = l.invoice_id
				and n.invoice_position = l.position
		) noted
		cross join lateral (
			select coalesce(sum(c.credited_minor - c.amount_minor), 0) as amount
			from billing.invoice_lines c
			join billing.invoices ci on ci.business_id = c.business_id and ci.id = c.invoice_id
			where c.business_id = l.business_id and c.credits_invoice_id = l.invoice_id
				and c.credits_position = l.position and ci.status <> 'void'
		) later
		where l.business_id = any(${businessIds}) and l.credited_minor <> noted.amount + later.amount`.execute(
		db
	);
	return rows.map(({ business_id, number, currency, of, said, adds_up }) => ({
		businessId: business_id,
		document: { kind: 'invoice', reference: number },
		of,
		currency,
		saidMinor: said,
		sumMinor: BigInt(adds_up)
	}));
}

function taxed(line: {
	amount_minor: bigint;
	discount_minor: bigint;
	tax_class: string;
	tax_rate: string;
	tax_included: boolean;
}): TaxedLine {
	return {
		amountMinor: line.amount_minor,
		discountMinor: line.discount_minor,
		taxClass: line.tax_class as TaxClass,
		taxRate: line.tax_rate,
		taxIncluded: line.tax_included
	};
}
