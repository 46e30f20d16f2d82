import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Invalid, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { defineJob, enqueue } from '../../platform/jobs.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { holdOwedInvoices } from '../billing/index.ts';
import { BusinessId } from '../businesses/index.ts';
import { chargingProvider, findProvider, type Charge, type Outcome } from './provider.ts';
import { recordPayment } from './recording.ts';
import { Currency, InvoiceNumber, referenceKey } from './schemas.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A provider was asked for money and none came. */
		'payment.failed': {
			attemptId: string;
			invoiceNumbers: string[];
			amountMinor: string;
			currency: string;
			/** The provider's own. */
			code: string;
			message: string;
			/** Whether trying again may do. */
			again: boolean;
		};
	}
}

export type AttemptState = 'asked' | 'pending' | 'succeeded' | 'failed';

export interface Attempt {
	id: string;
	state: AttemptState;
}

const AskForPayment = v.object({
	businessId: BusinessId,
	/** The same key asks once: `dunning inv_… 2`. */
	key: v.pipe(v.string(), v.nonEmpty(), v.maxLength(120)),
	currency: Currency,
	/** What is asked for: all that these ask for together. */
	invoices: v.pipe(v.array(InvoiceNumber), v.minLength(1)),
	payer: v.optional(
		v.object({
			phone: v.optional(v.string()),
			savedMethod: v.optional(v.string()),
			email: v.optional(v.string()),
			returnTo: v.optional(v.string())
		}),
		{}
	)
});

/**
 * Asks whatever provider is set up for what invoices ask for; a job does so once this transaction has
 * committed. Null where none can be asked, or nothing is left to pay. While an attempt for one of the invoices
 * is under way, it is given instead of another: nobody is charged twice.
 */
export const askForPayment = usecase(
	'payment.record',
	AskForPayment,
	async (scope, { businessId, key, currency, invoices, payer }): Promise<Attempt | null> => {
		if (!isSystem(scope)) throw new Error('Providers are asked by jobs.');
		const provider = chargingProvider(currency);
		if (!provider) return null;
		const held = (
			await holdOwedInvoices(scope, { businessId, currency, numbers: invoices })
		).filter((invoice) => invoices.includes(invoice.number) && invoice.currency === currency);
		const numbers = held
			.filter(({ status, leftMinor }) => status === 'open' && leftMinor > 0n)
			.map(({ number }) => number);
		const known = await scope.db
			.selectFrom('payments.attempts')
			.select(['id', 'state', 'key', 'invoice_numbers'])
			.where('business_id', '=', businessId)
			.where((eb) => eb.or([eb('key', '=', key), eb('ended_at', 'is', null)]))
			.execute();
		const same =
			known.find((attempt) => attempt.key === key) ??
			known.find((attempt) => attempt.invoice_numbers.some((number) => numbers.includes(number)));
		if (same) return { id: same.id, state: same.state as AttemptState };
		if (numbers.length === 0) return null;
		const leftMinor = held
			.filter(({ number }) => numbers.includes(number))
			.reduce((sum, invoice) => sum + invoice.leftMinor, 0n);
		const id = newId('att', scope.now);
		const method = provider.methods[0];
		if (!method) throw new Error(`The provider ${provider.name} has no method.`);
		await scope.db
			.insertInto('payments.attempts')
			.values({
				business_id: businessId,
				id,
				key,
				provider: provider.name,
				method,
				// In the provider's steps, and never less than is owed: what is above is credit.
				amount_minor:
					((leftMinor + provider.stepMinor - 1n) / provider.stepMinor) * provider.stepMinor,
				currency,
				invoice_numbers: numbers,
				state: 'asked',
				asked_at: scope.now
			})
			.execute();
		await enqueue(scope, charge, { businessId, id, payer });
		return { id, state: 'asked' };
	}
);

const door = 'payments.charge';
/** When a provider that has not answered is asked how it stands. */
const lookAfterMs = 60_000;

const charge = defineJob<{ businessId: string; id: string; payer: Charge['payer'] }>({
	name: door,
	opensOwnDoors: true,
	async work({ businessId, id, payer }) {
		// Pending before the network is used: a process that dies on the way charges nobody again.
		const attempt = await withSystem(door, (scope) =>
			scope.db
				.updateTable('payments.attempts')
				.set({ state: 'pending', look_at: new Date(scope.now.getTime() + lookAfterMs) })
				.where('business_id', '=', businessId)
				.where('id', '=', id)
				.where('state', '=', 'asked')
				.returning(['provider', 'amount_minor', 'currency', 'invoice_numbers'])
				.executeTakeFirst()
		);
		const ask = attempt && findProvider(attempt.provider)?.charge;
		if (!ask) return;
		const reference = attempt.invoice_numbers[0] ?? id;
		const outcome = await ask({
			attemptId: id,
			amountMinor: attempt.amount_minor,
			currency: attempt.currency,
			reference,
			description: attempt.invoice_numbers.join(', '),
			payer
		});
		await withSystem(door, (scope) => settleAttempt(scope, { businessId, id, outcome }));
	}
});

/** Asks how those stand that nobody has answered. */
export const lookAtAttempts = defineJob({
	name: 'payments.look',
	cron: '* * * * *',
	opensOwnDoors: true,
	async work() {
		const waiting = await withSystem('payments.look', (scope) =>
			scope.db
				.selectFrom('payments.attempts')
				.select(['business_id', 'id', 'provider', 'provider_reference'])
				.where('ended_at', 'is', null)
				.where('look_at', '<=', scope.now)
				.orderBy('look_at')
				.limit(50)
				.execute()
		);
		for (const { business_id: businessId, id, ...attempt } of waiting) {
			const outcome = await findProvider(attempt.provider)?.look?.({
				attemptId: id,
				providerReference: attempt.provider_reference
			});
			if (outcome)
				await withSystem('payments.look', (scope) =>
					settleAttempt(scope, { businessId, id, outcome })
				);
		}
	}
});

/**
 * Takes what a provider says of an attempt: by its answer, a callback, a look. Any number of times and in any
 * order: what has ended stays as it ended, and money that was counted already is not counted again.
 * @throws NotFound
 */
export const settleAttempt = usecase(
	'payment.record',
	v.object({
		businessId: BusinessId,
		id: v.string(),
		outcome: v.custom<Outcome>((value) => typeof value === 'object' && value !== null)
	}),
	async (scope, { businessId, id, outcome }): Promise<Attempt> => {
		const { db, now } = scope;
		const attempt = await db
			.selectFrom('payments.attempts')
			.select(['state', 'provider', 'method', 'amount_minor', 'currency', 'invoice_numbers'])
			.where('business_id', '=', businessId)
			.where('id', '=', id)
			.forUpdate()
			.executeTakeFirst();
		if (!attempt) throw new NotFound('This attempt');
		const state = attempt.state as AttemptState;
		if (state === 'succeeded' || (state === 'failed' && outcome.state !== 'succeeded'))
			return { id, state };
		const change = (set: Record<string, unknown>) =>
			db
				.updateTable('payments.attempts')
				.set({
					...(outcome.providerReference === undefined
						? {}
						: { provider_reference: outcome.providerReference }),
					...set
				})
				.where('business_id', '=', businessId)
				.where('id', '=', id)
				.execute();
		if (outcome.state === 'pending') {
			await change({ state: 'pending', look_at: outcome.lookAt });
		} else if (outcome.state === 'failed') {
			const { code, message, again } = outcome;
			await change({
				state: 'failed',
				failure_code: code,
				failure_message: message,
				ended_at: now
			});
			await emit(
				scope,
				'payment.failed',
				{
					attemptId: id,
					invoiceNumbers: attempt.invoice_numbers,
					amountMinor: String(attempt.amount_minor),
					currency: attempt.currency,
					code,
					message,
					again
				},
				businessId
			);
		} else {
			const paymentId = await countMoney(scope, businessId, attempt, outcome);
			await change({ state: 'succeeded', payment_id: paymentId, ended_at: now });
		}
		await announce(scope, businessId, 'billing');
		return { id, state: outcome.state };
	}
);

/** Money that came another way before, such as by a confirmation of its own, is the same payment. */
async function countMoney(
	scope: Scope,
	businessId: string,
	attempt: { provider: string; method: string; currency: string; invoice_numbers: string[] },
	outcome: Extract<Outcome, { state: 'succeeded' }>
): Promise<string> {
	const provider = findProvider(attempt.provider);
	const method = provider?.methods.find((one) => one === attempt.method);
	if (!method)
		throw new Invalid([{ path: 'provider', message: `${attempt.provider} is not set up.` }]);
	const known = (
		await scope.db
			.selectFrom('payments.payments')
			.select(['id', 'reference'])
			.where('business_id', '=', businessId)
			.where('method', '=', method)
			.where('received_on', '=', outcome.receivedOn)
			.where('reversed_on', 'is', null)
			.execute()
	).find(({ reference }) => referenceKey(reference) === referenceKey(outcome.reference));
	if (known) return known.id;
	const { currency } = attempt;
	const held = await holdOwedInvoices(scope, {
		businessId,
		currency,
		numbers: attempt.invoice_numbers
	});
	const { id } = await recordPayment(scope, {
		businessId,
		provider: attempt.provider,
		method,
		reference: outcome.reference,
		payer: outcome.payer ?? null,
		amountMinor: outcome.amountMinor,
		currency,
		receivedOn: outcome.receivedOn,
		// What was paid otherwise meanwhile asks for nothing any more.
		invoices: held
			.filter(
				({ number, status, leftMinor }) =>
					attempt.invoice_numbers.includes(number) &&
					(status === 'open' || status === 'uncollectible') &&
					leftMinor > 0n
			)
			.map(({ number }) => ({ number }))
	});
	return id;
}

function isSystem(scope: Scope): scope is Scope<System> {
	return scope.actor.kind === 'system';
}
