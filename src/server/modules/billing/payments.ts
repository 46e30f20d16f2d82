import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { post } from '../ledger/index.ts';
import { paymentPostings } from './books.ts';
import { CivilDate, Currency, InvoiceNumber } from './schemas.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'payment.received': {
			paymentId: string;
			invoiceId: string;
			number: string;
			/** Minor units, as text. */
			amountMinor: string;
			currency: string;
			/** True when nothing of the invoice is left to pay. */
			settled: boolean;
		};
	}
}

const RecordPayment = v.object({
	businessId: BusinessId,
	/** The number of the invoice that it pays. */
	number: InvoiceNumber,
	amountMinor: v.pipe(v.bigint(), v.minValue(1n, 'A payment is more than nothing.')),
	currency: Currency,
	method: v.picklist(['bank', 'card', 'cash', 'mpesa']),
	/** What the bank or the provider calls it: the same one is never counted twice. */
	reference: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80)),
	receivedOn: CivilDate
});

/**
 * Counts money towards an invoice and posts it; the invoice is paid when nothing is left.
 * @throws NotFound; Invalid for another currency; Conflict `invoice_not_open`, `payment_too_large`,
 * `payment_known`
 */
export const recordPayment = usecase('billing.manage', RecordPayment, async (scope, input) => {
	const { db, now } = scope;
	const { businessId, number, amountMinor, currency } = input;
	const invoice = await db
		.selectFrom('billing.invoices')
		.select(['id', 'status', 'currency', 'total_minor', 'paid_minor'])
		.where('business_id', '=', businessId)
		.where('number', '=', number)
		.forUpdate()
		.executeTakeFirst();
	if (!invoice) throw new NotFound('This invoice');
	if (invoice.currency !== currency)
		throw new Invalid([
			{ path: 'currency', message: `The invoice is in ${invoice.currency}, not in ${currency}.` }
		]);
	const id = newId('pay', now);
	try {
		await db
			.insertInto('billing.payments')
			.values({
				business_id: businessId,
				id,
				invoice_id: invoice.id,
				amount_minor: amountMinor,
				currency,
				method: input.method,
				reference: input.reference,
				received_on: input.receivedOn,
				recorded_at: now
			})
			.execute();
	} catch (error) {
		if (violatedConstraint(error) === 'payments_reference')
			throw new Conflict('payment_known', `${input.reference} was counted already.`);
		throw error;
	}
	// After the insert: a payment told twice is answered as known, also when it settled the invoice.
	if (invoice.status !== 'open')
		throw new Conflict('invoice_not_open', `Invoice ${number} is ${invoice.status}.`);
	const paid = invoice.paid_minor + amountMinor;
	if (paid > invoice.total_minor)
		throw new Conflict('payment_too_large', `This is more than invoice ${number} still asks for.`);
	const settled = paid === invoice.total_minor;
	await db
		.updateTable('billing.invoices')
		.set({
			paid_minor: paid,
			...(settled ? { status: 'paid', paid_on: input.receivedOn } : {})
		})
		.where('business_id', '=', businessId)
		.where('id', '=', invoice.id)
		.execute();
	await db
		.insertInto('billing.settlements')
		.values({
			business_id: businessId,
			id: newId('set', now),
			invoice_id: invoice.id,
			source_kind: 'payment',
			source_id: id,
			amount_minor: amountMinor,
			on_day: input.receivedOn,
			recorded_at: now
		})
		.execute();
	await post(scope, {
		businessId,
		onDay: input.receivedOn,
		kind: 'received',
		document: { kind: 'payment', id, reference: input.reference },
		currency,
		postings: paymentPostings(invoice.id, amountMinor)
	});
	await emit(
		scope,
		'payment.received',
		{
			paymentId: id,
			invoiceId: invoice.id,
			number,
			amountMinor: String(amountMinor),
			currency,
			settled
		},
		businessId
	);
	await announce(scope, businessId, 'billing');
	return { id, settled };
});
