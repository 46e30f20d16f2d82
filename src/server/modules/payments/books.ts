import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import type { Books, Posting } from '../ledger/index.ts';
import type { Allocation } from './allocation.ts';

/** What a payment moves: money came in; less is owed of invoices, and the rest is the customer's to use. */
export function paymentPostings(
	amountMinor: bigint,
	allocations: readonly Allocation[]
): Posting[] {
	return [{ account: 'cash', amountMinor }, ...counted(amountMinor, allocations)];
}

/** What a certificate moves: the tax authority has it in the vendor's name. */
export function certificatePostings(
	amountMinor: bigint,
	allocations: readonly Allocation[]
): Posting[] {
	return [{ account: 'withholding', amountMinor }, ...counted(amountMinor, allocations)];
}

/** What a refund moves: the customer has used their credit, and money went out. */
export function refundPostings(amountMinor: bigint): Posting[] {
	return [
		{ account: 'credit', amountMinor },
		{ account: 'cash', amountMinor: -amountMinor }
	];
}

/** The same the other way round. */
export function undone(postings: readonly Posting[]): Posting[] {
	return postings.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));
}

function counted(amountMinor: bigint, allocations: readonly Allocation[]): Posting[] {
	const parts = allocations.filter((part) => part.amountMinor > 0n);
	const restMinor = parts.reduce((rest, part) => rest - part.amountMinor, amountMinor);
	return [
		...parts.map((part) => ({
			account: 'receivable' as const,
			invoiceId: part.invoiceId,
			amountMinor: -part.amountMinor
		})),
		...(restMinor === 0n ? [] : [{ account: 'credit' as const, amountMinor: -restMinor }])
	];
}

/** What the payments, refunds and certificates of these businesses come to, for comparing with the ledger. */
export const readBooks = usecase(
	'ledger.verify',
	v.object({ businessIds: v.array(BusinessId) }),
	async ({ db }, { businessIds }): Promise<Books> => {
		const ofThese = sql<string>`any(${businessIds})`;
		const [payments, allocations, refunds, certificates, certified] = await Promise.all([
			db
				.selectFrom('payments.payments')
				.select(['business_id', 'id', 'reference', 'received_on', 'currency', 'amount_minor'])
				.select('reversed_on')
				.where('business_id', '=', ofThese)
				.orderBy('business_id')
				.orderBy('id')
				.execute(),
			db
				.selectFrom('payments.allocations')
				.select(['payment_id as of', 'invoice_id as invoiceId', 'amount_minor as amountMinor'])
				.where('business_id', '=', ofThese)
				.execute(),
			db
				.selectFrom('payments.refunds')
				.select(['business_id', 'id', 'reference', 'paid_on', 'currency', 'amount_minor'])
				.where('business_id', '=', ofThese)
				.orderBy('business_id')
				.orderBy('id')
				.execute(),
			db
				.selectFrom('payments.certificates')
				.select(['business_id', 'id', 'number', 'certified_on', 'currency', 'amount_minor'])
				.select('reversed_on')
				.where('business_id', '=', ofThese)
				.orderBy('business_id')
				.orderBy('id')
				.execute(),
			db
				.selectFrom('payments.certificate_allocations')
				.select(['certificate_id as of', 'invoice_id as invoiceId', 'amount_minor as amountMinor'])
				.where('business_id', '=', ofThese)
				.execute()
		]);
		const partsOf = Map.groupBy([...allocations, ...certified], ({ of }) => of);
		return {
			claims: [
				...payments.map((payment) => ({
					businessId: payment.business_id,
					document: { kind: 'payment' as const, id: payment.id, reference: payment.reference },
					onDay: payment.received_on,
					currency: payment.currency,
					// What did not come after all was taken back with an entry of its own.
					postings:
						payment.reversed_on === null
							? paymentPostings(payment.amount_minor, partsOf.get(payment.id) ?? [])
							: []
				})),
				...refunds.map((refund) => ({
					businessId: refund.business_id,
					document: { kind: 'refund' as const, id: refund.id, reference: refund.reference },
					onDay: refund.paid_on,
					currency: refund.currency,
					postings: refundPostings(refund.amount_minor)
				})),
				...certificates.map((certificate) => ({
					businessId: certificate.business_id,
					document: {
						kind: 'withholding' as const,
						id: certificate.id,
						reference: certificate.number
					},
					onDay: certificate.certified_on,
					currency: certificate.currency,
					postings:
						certificate.reversed_on === null
							? certificatePostings(certificate.amount_minor, partsOf.get(certificate.id) ?? [])
							: []
				}))
			],
			owed: [],
			apart: []
		};
	}
);
