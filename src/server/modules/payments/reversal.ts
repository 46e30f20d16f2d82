import * as v from 'valibot';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { settleInvoices, takeCreditBack } from '../billing/index.ts';
import { BusinessId } from '../businesses/index.ts';
import { post } from '../ledger/index.ts';
import { paymentPostings, undone } from './books.ts';
import { refuseFuture, vendorDay } from './days.ts';
import { CivilDate, Reason, ReceiptNumber } from './schemas.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A payment did not come after all: what it had paid is owed again. */
		'payment.reversed': {
			paymentId: string;
			/** Of the receipt. */
			number: string;
			amountMinor: string;
			currency: string;
			reason: string;
			invoiceNumbers: string[];
		};
	}
}

/**
 * Takes a payment back that did not come after all. What it paid is owed again; what had become credit is gone,
 * and where that was used meanwhile, what it was used for is owed again too. Its reference may come anew.
 *
 * @throws NotFound; Conflict `payment_reversed`; Invalid for a day before it came, or to come
 */
export const reversePayment = usecase(
	'payment.record',
	v.object({
		businessId: BusinessId,
		number: ReceiptNumber,
		reason: Reason,
		/** Today for the vendor, unless it is given. */
		reversedOn: v.optional(CivilDate)
	}),
	async (scope, { businessId, number, reason, reversedOn = vendorDay(scope) }) => {
		const { db } = scope;
		refuseFuture(scope, 'reversedOn', reversedOn);
		const payment = await db
			.selectFrom('payments.payments')
			.select(['id', 'method', 'reference', 'currency', 'amount_minor', 'credit_minor'])
			.select(['received_on', 'reversed_on'])
			.where('business_id', '=', businessId)
			.where('number', '=', number)
			.forUpdate()
			.executeTakeFirst();
		if (!payment) throw new NotFound(`The receipt ${number}`);
		if (payment.reversed_on !== null)
			throw new Conflict(
				'payment_reversed',
				`${number} was taken back on ${payment.reversed_on} already.`
			);
		if (reversedOn < payment.received_on)
			throw new Invalid([
				{
					path: 'reversedOn',
					message: `It came on ${payment.received_on}: write that day or later.`
				}
			]);
		const allocations = await db
			.selectFrom('payments.allocations')
			.select(['invoice_id as invoiceId', 'invoice_number as number'])
			.select('amount_minor as amountMinor')
			.where('business_id', '=', businessId)
			.where('payment_id', '=', payment.id)
			.orderBy('position')
			.execute();
		await db
			.updateTable('payments.payments')
			.set({ reversed_on: reversedOn, reversal_reason: reason })
			.where('business_id', '=', businessId)
			.where('id', '=', payment.id)
			.execute();
		await settleInvoices(
			scope,
			allocations.map((part) => ({
				businessId,
				invoiceId: part.invoiceId,
				source: {
					kind: 'payment' as const,
					id: payment.id,
					method: payment.method,
					reference: payment.reference
				},
				amountMinor: -part.amountMinor,
				onDay: reversedOn
			}))
		);
		await post(scope, {
			businessId,
			onDay: reversedOn,
			kind: 'reversed',
			document: { kind: 'payment', id: payment.id, reference: payment.reference },
			currency: payment.currency,
			postings: undone(paymentPostings(payment.amount_minor, allocations))
		});
		if (payment.credit_minor > 0n)
			await takeCreditBack(scope, { businessId, currency: payment.currency, onDay: reversedOn });
		await emit(
			scope,
			'payment.reversed',
			{
				paymentId: payment.id,
				number,
				amountMinor: String(payment.amount_minor),
				currency: payment.currency,
				reason,
				invoiceNumbers: allocations.map((part) => part.number)
			},
			businessId
		);
		await announce(scope, businessId, 'billing');
	}
);
