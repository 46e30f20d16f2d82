import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { idPattern, newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readInvoice } from '../billing/index.ts';
import { BusinessId } from '../businesses/index.ts';
import { major, minorDigits } from '../rating/index.ts';
import { recordCertificate } from './certificates.ts';
import { refuseFuture } from './days.ts';
import {
	CertificateNumber,
	CivilDate,
	InvoiceNumber,
	Minor,
	Reason,
	referenceKey
} from './schemas.ts';
import { nameOf } from './who.ts';
import { greatestWithheld } from './withholding.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A customer says to have withheld VAT; the vendor has not looked yet. */
		'certificate.claimed': {
			claimId: string;
			number: string;
			invoiceNumber: string;
			amountMinor: string;
			currency: string;
		};
		'certificate.refused': { claimId: string; number: string; reason: string };
	}
}

/** What a customer says to have withheld of an invoice. */
export interface Claim {
	id: string;
	businessId: string;
	number: string;
	certifiedOn: string;
	amountMinor: bigint;
	currency: string;
	invoiceNumber: string;
	claimedAt: Date;
	claimedBy: string;
	/** Null until the vendor has looked. */
	outcome: 'confirmed' | 'refused' | null;
	/** Why it was refused. */
	reason: string | null;
}

const ClaimId = v.pipe(v.string(), v.regex(idPattern('wcl'), 'This is not the id of a claim.'));

/**
 * Says for the scope's business that VAT was withheld of an invoice. Nothing is settled by it: the vendor holds
 * it against the certificate first.
 * @throws NotFound; Conflict `certificate_known`, `invoice_not_open`; Invalid for more than can be withheld, a day
 * to come
 */
export const claimCertificate = usecase(
	'certificate.claim',
	v.object({
		invoice: InvoiceNumber,
		number: CertificateNumber,
		certifiedOn: CivilDate,
		amountMinor: Minor
	}),
	async (scope, input) => {
		const businessId = businessOf(scope);
		refuseFuture(scope, 'certifiedOn', input.certifiedOn);
		const invoice = await readInvoice(scope, { number: input.invoice });
		if (invoice.status === 'void')
			throw new Conflict('invoice_not_open', `Invoice ${invoice.number} is void.`);
		const most = greatestWithheld(taxableOf(invoice), minorDigits(invoice.currency));
		if (input.amountMinor > most)
			throw new Invalid([
				{
					path: 'amountMinor',
					message: `At most 2 % of what is taxed can be withheld: ${invoice.currency} ${major(most, invoice.currency)}.`
				}
			]);
		const id = newId('wcl', scope.now);
		try {
			await scope.db
				.insertInto('payments.certificate_claims')
				.values({
					business_id: businessId,
					id,
					number: input.number,
					certified_on: input.certifiedOn,
					amount_minor: input.amountMinor,
					currency: invoice.currency,
					invoice_id: invoice.id,
					invoice_number: invoice.number,
					claimed_at: scope.now,
					claimed_by: nameOf(scope)
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'certificate_claims_known')
				throw new Conflict('certificate_known', `You told us of ${input.number} already.`);
			throw error;
		}
		await emit(scope, 'certificate.claimed', {
			claimId: id,
			number: input.number,
			invoiceNumber: invoice.number,
			amountMinor: String(input.amountMinor),
			currency: invoice.currency
		});
		await announce(scope, businessId, 'billing');
		return { id };
	}
);

/** What of an invoice was taxed, tax left out. */
export function taxableOf({
	totals
}: {
	totals: { taxes: readonly { rate: string; baseMinor: bigint }[] };
}): bigint {
	return totals.taxes
		.filter(({ rate }) => Number(rate) > 0)
		.reduce((sum, { baseMinor }) => sum + baseMinor, 0n);
}

const columns = [
	'id',
	'business_id as businessId',
	'number',
	'certified_on as certifiedOn',
	'amount_minor as amountMinor',
	'currency',
	'invoice_number as invoiceNumber',
	'claimed_at as claimedAt',
	'claimed_by as claimedBy',
	'outcome',
	'outcome_reason as reason'
] as const;

/** The claims of the scope's business for an invoice, the last first. */
export const listClaims = usecase(
	'payment.read',
	v.object({ invoice: InvoiceNumber }),
	async (scope, { invoice }): Promise<Claim[]> => {
		const rows = await scope.db
			.selectFrom('payments.certificate_claims')
			.select(columns)
			.where('business_id', '=', businessOf(scope))
			.where('invoice_number', '=', invoice)
			.orderBy('id', 'desc')
			.execute();
		return rows as Claim[];
	}
);

/** What nobody has looked at yet, of all businesses or one, the oldest first: for the vendor. */
export const listOpenClaims = usecase(
	'payment.read',
	v.object({ businessId: v.optional(BusinessId) }),
	async ({ db, actor }, { businessId }): Promise<Claim[]> => {
		const own = ('businessId' in actor ? actor.businessId : undefined) ?? businessId;
		const rows = await db
			.selectFrom('payments.certificate_claims')
			.select(columns)
			.where('outcome', 'is', null)
			.$if(own !== undefined, (query) => query.where('business_id', '=', own ?? ''))
			.orderBy('id')
			.limit(200)
			.execute();
		return rows as Claim[];
	}
);

/**
 * The certificate is there: what was claimed counts, with what else was claimed of the same certificate.
 * @throws as `recordCertificate`; Conflict `claim_settled`
 */
export const confirmClaim = usecase(
	'payment.record',
	v.object({ businessId: BusinessId, id: ClaimId }),
	async (scope, { businessId, id }) => {
		const open = await scope.db
			.selectFrom('payments.certificate_claims')
			.select(columns)
			.where('business_id', '=', businessId)
			.where((eb) => eb.or([eb('outcome', 'is', null), eb('id', '=', id)]))
			.orderBy('id')
			.forUpdate()
			.execute();
		const claim = open.find((one) => one.id === id);
		if (!claim) throw new NotFound('This claim');
		if (claim.outcome !== null) throw settled(claim.number, claim.outcome);
		const key = referenceKey(claim.number);
		const same = open.filter(
			(one) => referenceKey(one.number) === key && one.currency === claim.currency
		);
		return recordCertificate(scope, {
			businessId,
			number: claim.number,
			certifiedOn: claim.certifiedOn,
			amountMinor: same.reduce((sum, one) => sum + one.amountMinor, 0n),
			currency: claim.currency,
			invoices: same.map((one) => ({ number: one.invoiceNumber, amountMinor: one.amountMinor }))
		});
	}
);

/** There is no such certificate; the customer reads why. @throws NotFound; Conflict `claim_settled` */
export const refuseClaim = usecase(
	'payment.record',
	v.object({ businessId: BusinessId, id: ClaimId, reason: Reason }),
	async (scope, { businessId, id, reason }) => {
		const claim = await scope.db
			.selectFrom('payments.certificate_claims')
			.select(['number', 'outcome'])
			.where('business_id', '=', businessId)
			.where('id', '=', id)
			.forUpdate()
			.executeTakeFirst();
		if (!claim) throw new NotFound('This claim');
		if (claim.outcome !== null) throw settled(claim.number, claim.outcome);
		await scope.db
			.updateTable('payments.certificate_claims')
			.set({ outcome: 'refused', outcome_at: scope.now, outcome_reason: reason })
			.where('business_id', '=', businessId)
			.where('id', '=', id)
			.execute();
		await emit(
			scope,
			'certificate.refused',
			{ claimId: id, number: claim.number, reason },
			businessId
		);
		await announce(scope, businessId, 'billing');
	}
);

function settled(number: string, outcome: string): Conflict {
	return new Conflict('claim_settled', `The claim of ${number} was ${outcome} already.`);
}
