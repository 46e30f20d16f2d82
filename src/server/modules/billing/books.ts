import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import type { Books, Posting } from '../ledger/index.ts';
import { addUp, type TaxClass, type Totals } from '../rating/index.ts';

/** What an invoice moves in the ledger: the customer owes it, by tax rate the vendor has earned it. */
export function invoicePostings(invoiceId: string, totals: Pick<Totals, 'taxes' | 'totalMinor'>) {
	const parts = totals.taxes.flatMap(({ rate, taxClass, baseMinor, taxMinor }): Posting[] => [
		{ account: 'revenue', taxRate: rate, taxClass, amountMinor: -baseMinor },
		{ account: 'tax', taxRate: rate, taxClass, amountMinor: -taxMinor }
	]);
	return [{ account: 'receivable' as const, invoiceId, amountMinor: totals.totalMinor }, ...parts];
}

/** What a payment moves: money came in, and of the invoice less is owed. */
export function paymentPostings(invoiceId: string, amountMinor: bigint): Posting[] {
	return [
		{ account: 'cash', amountMinor },
		{ account: 'receivable', invoiceId, amountMinor: -amountMinor }
	];
}

/**
 * What the invoices and payments of these businesses come to, for comparing with the ledger: revenue and
 * tax from an invoice's lines, what is owed from the invoice itself.
 */
export const readBooks = usecase(
	'ledger.verify',
	v.object({ businessIds: v.array(BusinessId) }),
	async ({ db }, { businessIds }): Promise<Books> => {
		const ofThese = sql<string>`any(${businessIds})`;
		const [invoices, bases, payments] = await Promise.all([
			db
				.selectFrom('billing.invoices')
				.select(['business_id', 'id', 'number', 'status', 'issued_on', 'currency'])
				.select(['total_minor', 'paid_minor'])
				.where('business_id', '=', ofThese)
				.orderBy('business_id')
				.orderBy('sequence')
				.execute(),
			db
				.selectFrom('billing.invoice_lines')
				.select(['business_id', 'invoice_id', 'tax_rate as taxRate'])
				.select((eb) => eb.ref('tax_class').$castTo<TaxClass>().as('taxClass'))
				.select(sql<bigint>`sum(amount_minor)::bigint`.as('amountMinor'))
				.where('business_id', '=', ofThese)
				.groupBy(['business_id', 'invoice_id', 'tax_rate', 'tax_class'])
				.execute(),
			db
				.selectFrom('billing.payments')
				.select(['business_id', 'id', 'invoice_id', 'amount_minor', 'currency', 'reference'])
				.select('received_on')
				.where('business_id', '=', ofThese)
				.orderBy('business_id')
				.orderBy('id')
				.execute()
		]);
		const basesOf = Map.groupBy(bases, ({ invoice_id }) => invoice_id);
		return {
			claims: [
				...invoices.map((invoice) => ({
					businessId: invoice.business_id,
					document: { kind: 'invoice' as const, id: invoice.id, reference: invoice.number },
					onDay: invoice.issued_on,
					currency: invoice.currency,
					postings: invoicePostings(invoice.id, {
						taxes: addUp(basesOf.get(invoice.id) ?? []).taxes,
						totalMinor: invoice.total_minor
					})
				})),
				...payments.map((payment) => ({
					businessId: payment.business_id,
					document: { kind: 'payment' as const, id: payment.id, reference: payment.reference },
					onDay: payment.received_on,
					currency: payment.currency,
					postings: paymentPostings(payment.invoice_id, payment.amount_minor)
				}))
			],
			owed: invoices.map((invoice) => ({
				businessId: invoice.business_id,
				invoice: { id: invoice.id, number: invoice.number },
				currency: invoice.currency,
				amountMinor:
					invoice.status === 'void' || invoice.status === 'uncollectible'
						? 0n
						: invoice.total_minor - invoice.paid_minor
			}))
		};
	}
);
