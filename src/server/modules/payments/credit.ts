import * as v from 'valibot';
import { Conflict, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { holdCredit, post, readBalances } from '../ledger/index.ts';
import { major } from '../rating/index.ts';
import { ownOr } from './archive.ts';
import { refundPostings } from './books.ts';
import { refuseFuture } from './days.ts';
import { byHand, methods } from './provider.ts';
import { CivilDate, Currency, Minor, Reason, Reference } from './schemas.ts';
import { nameOf } from './who.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'credit.refunded': {
			refundId: string;
			reference: string;
			amountMinor: string;
			currency: string;
			reason: string;
		};
	}
}

export interface Credit {
	currency: string;
	/** More than nothing when the customer has it to use; less when they owe it on no invoice. */
	amountMinor: bigint;
}

/** What a business has to its credit, a row for each currency that it has any in. */
export const readCredit = usecase(
	'payment.read',
	v.object({ businessId: v.optional(BusinessId) }),
	async (scope, { businessId }): Promise<Credit[]> => {
		const balances = await readBalances(scope, { businessId: ownOr(scope, businessId) });
		return balances
			.filter(({ account, amountMinor }) => account === 'credit' && amountMinor !== 0n)
			.map(({ currency, amountMinor }) => ({ currency, amountMinor: -amountMinor }));
	}
);

/**
 * Notes that credit was paid back.
 * @throws Conflict `refund_known`, `credit_too_small`; Invalid for a day to come
 */
export const refundCredit = usecase(
	'payment.record',
	v.object({
		businessId: BusinessId,
		provider: v.optional(v.string(), byHand.name),
		method: v.picklist(methods),
		/** What the bank calls it. */
		reference: Reference,
		amountMinor: Minor,
		currency: Currency,
		paidOn: CivilDate,
		reason: Reason
	}),
	async (scope, input) => {
		const { db, now } = scope;
		const { businessId, amountMinor, currency, reference } = input;
		refuseFuture(scope, 'paidOn', input.paidOn);
		const held = await holdCredit(scope, { businessIds: [businessId] });
		const credit = held.find((one) => one.currency === currency)?.amountMinor ?? 0n;
		const id = newId('rfd', now);
		try {
			await db
				.insertInto('payments.refunds')
				.values({
					business_id: businessId,
					id,
					provider: input.provider,
					method: input.method,
					reference,
					amount_minor: amountMinor,
					currency,
					paid_on: input.paidOn,
					reason: input.reason,
					recorded_at: now,
					recorded_by: nameOf(scope)
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'refunds_known')
				throw new Conflict('refund_known', `${reference} was noted already.`);
			throw error;
		}
		// After the insert: a refund told twice is answered as known, also when it took the last of the credit.
		if (credit < amountMinor)
			throw new Conflict(
				'credit_too_small',
				`There is ${currency} ${major(credit < 0n ? 0n : credit, currency)} to their credit.`
			);
		await post(scope, {
			businessId,
			onDay: input.paidOn,
			kind: 'paid_out',
			document: { kind: 'refund', id, reference },
			currency,
			postings: refundPostings(amountMinor)
		});
		await emit(
			scope,
			'credit.refunded',
			{
				refundId: id,
				reference,
				amountMinor: String(amountMinor),
				currency,
				reason: input.reason
			},
			businessId
		);
		await announce(scope, businessId, 'billing');
		return { id };
	}
);
