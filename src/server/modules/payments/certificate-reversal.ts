import { sql } from 'kysely';
import * as v from 'valibot';
import { Invalid, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { settleInvoices, takeCreditBack } from '../billing/index.ts';
import { BusinessId } from '../businesses/index.ts';
import { post } from '../ledger/index.ts';
import { certificatePostings, undone } from './books.ts';
import { refuseFuture, vendorDay } from './days.ts';
import { CertificateNumber, CivilDate, Reason, referenceKey } from './schemas.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A certificate was counted by mistake: what it had settled is owed again. */
		'certificate.reversed': {
			certificateId: string;
			number: string;
			amountMinor: string;
			currency: string;
			reason: string;
			invoiceNumbers: string[];
		};
	}
}

const sameNumber = (number: string) =>
	sql<boolean>`upper(regexp_replace(number, '\\s', '', 'g')) = ${referenceKey(number)}`;

/**
 * Takes a certificate back that should not have been counted, or not so. What it settled is owed again; what had
 * become credit is gone, as with a payment that is reversed. It may be recorded anew, and what was claimed of it
 * waits to be looked at again.
 *
 * @throws NotFound for one that is not counted; Invalid for a day before its own, or to come
 */
export const reverseCertificate = usecase(
	'payment.record',
	v.object({
		businessId: BusinessId,
		number: CertificateNumber,
		reason: Reason,
		/** Today for the vendor, unless it is given. */
		reversedOn: v.optional(CivilDate)
	}),
	async (scope, { businessId, number, reason, reversedOn = vendorDay(scope) }) => {
		const { db } = scope;
		refuseFuture(scope, 'reversedOn', reversedOn);
		const certificate = await db
			.selectFrom('payments.certificates')
			.select(['id', 'number', 'currency', 'amount_minor', 'credit_minor', 'certified_on'])
			.where('business_id', '=', businessId)
			.where(sameNumber(number))
			.where('reversed_on', 'is', null)
			.forUpdate()
			.executeTakeFirst();
		if (!certificate) throw new NotFound(`The certificate ${number}`);
		if (reversedOn < certificate.certified_on)
			throw new Invalid([
				{
					path: 'reversedOn',
					message: `It is of ${certificate.certified_on}: write that day or later.`
				}
			]);
		const { id, currency, amount_minor: amountMinor } = certificate;
		const allocations = await db
			.selectFrom('payments.certificate_allocations')
			.select(['invoice_id as invoiceId', 'invoice_number as number'])
			.select('amount_minor as amountMinor')
			.where('business_id', '=', businessId)
			.where('certificate_id', '=', id)
			.orderBy('position')
			.execute();
		await db
			.updateTable('payments.certificates')
			.set({ reversed_on: reversedOn, reversal_reason: reason })
			.where('business_id', '=', businessId)
			.where('id', '=', id)
			.execute();
		await settleInvoices(
			scope,
			allocations
				.filter((part) => part.amountMinor > 0n)
				.map((part) => ({
					businessId,
					invoiceId: part.invoiceId,
					source: { kind: 'withholding' as const, id, reference: certificate.number },
					amountMinor: -part.amountMinor,
					onDay: reversedOn
				}))
		);
		await post(scope, {
			businessId,
			onDay: reversedOn,
			kind: 'reversed',
			document: { kind: 'withholding', id, reference: certificate.number },
			currency,
			postings: undone(certificatePostings(amountMinor, allocations))
		});
		if (certificate.credit_minor > 0n)
			await takeCreditBack(scope, { businessId, currency, onDay: reversedOn });
		await openClaims(scope, businessId, number);
		await emit(
			scope,
			'certificate.reversed',
			{
				certificateId: id,
				number: certificate.number,
				amountMinor: String(amountMinor),
				currency,
				reason,
				invoiceNumbers: allocations.map((part) => part.number)
			},
			businessId
		);
		await announce(scope, businessId, 'billing');
	}
);

async function openClaims({ db }: Scope, businessId: string, number: string): Promise<void> {
	await db
		.updateTable('payments.certificate_claims')
		.set({ outcome: null, outcome_at: null })
		.where('business_id', '=', businessId)
		.where(sameNumber(number))
		.where('outcome', '=', 'confirmed')
		.execute();
}
