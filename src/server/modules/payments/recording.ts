import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import {
	holdOwedInvoices,
	readPartiesOf,
	settleInvoices,
	takeNumbers,
	type InvoiceToSettle
} from '../billing/index.ts';
import { BusinessId, readBusiness } from '../businesses/index.ts';
import { post } from '../ledger/index.ts';
import { major } from '../rating/index.ts';
import { allocateMoney, type Allocation } from './allocation.ts';
import { paymentPostings } from './books.ts';
import { refuseFuture } from './days.ts';
import { byHand, methods, type Method } from './provider.ts';
import {
	CivilDate,
	Currency,
	InvoiceNumber,
	Minor,
	Payer,
	Reference,
	referenceKey
} from './schemas.ts';
import { nameOf } from './who.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'payment.received': {
			paymentId: string;
			/** Of the receipt. */
			number: string;
			method: Method;
			reference: string;
			/** Minor units, as text, like all amounts here. */
			amountMinor: string;
			currency: string;
			/** What it counted towards; `settled` when nothing of the invoice is left to pay. */
			allocations: {
				invoiceId: string;
				number: string;
				amountMinor: string;
				settled: boolean;
			}[];
			/** What of it is the customer's to use. */
			creditMinor: string;
		};
	}
}

const RecordPayment = v.object({
	businessId: BusinessId,
	/** Who brought word of it. */
	provider: v.optional(v.string(), byHand.name),
	method: v.picklist(methods),
	/** What the bank or the provider calls it: the same money is never counted twice. */
	reference: Reference,
	payer: v.optional(v.nullable(Payer), null),
	amountMinor: Minor,
	currency: Currency,
	receivedOn: CivilDate,
	/** What it is for, in this order; of each at most the amount, or what it asks for. */
	invoices: v.optional(
		v.array(v.object({ number: InvoiceNumber, amountMinor: v.optional(Minor) })),
		[]
	),
	/** Whether what is left counts towards other open invoices, those due first at the top. */
	others: v.optional(v.boolean(), true)
});

/** What a payment came to. */
export interface Recorded {
	id: string;
	/** Of the receipt. */
	number: string;
	allocations: { number: string; amountMinor: bigint; settled: boolean }[];
	creditMinor: bigint;
}

/**
 * Takes in money: counts it towards invoices, keeps the rest as the customer's credit, numbers the receipt and
 * posts all of it. What was written off and is named is owed again, and so paid.
 *
 * @throws Conflict `payment_known`, `invoice_not_open`; NotFound for an invoice that is not theirs; Invalid for
 * another currency, more than an invoice asks for, more than came, a day to come
 */
export const recordPayment = usecase(
	'payment.record',
	RecordPayment,
	async (scope, input): Promise<Recorded> => {
		const { db, now } = scope;
		const { businessId, amountMinor, currency, receivedOn } = input;
		refuseFuture(scope, 'receivedOn', receivedOn);
		// Whoever records waits here for the one before, and then sees what that one has recorded.
		const [receipt] = await takeNumbers(scope, 'receipts', [receivedOn]);
		if (!receipt) throw new Error('A number was asked for.');
		await refuseKnown(scope, input);
		const invoices = await holdOwedInvoices(scope, {
			businessId,
			currency,
			numbers: input.invoices.map(({ number }) => number)
		});
		await checkCurrency(scope, input, invoices);
		const { allocations, restMinor } = allocateMoney(
			amountMinor,
			invoices.filter(isOwed),
			named(input, invoices),
			input.others
		);
		const [parties] = await readPartiesOf(scope, [{ businessId, on: receivedOn }]);
		if (!parties) throw new Error('Parties were asked for.');
		const id = newId('pay', now);
		try {
			await db
				.insertInto('payments.payments')
				.values({
					business_id: businessId,
					id,
					...receipt,
					provider: input.provider,
					method: input.method,
					reference: input.reference,
					payer: input.payer,
					amount_minor: amountMinor,
					currency,
					credit_minor: restMinor,
					received_on: receivedOn,
					recorded_at: now,
					recorded_by: nameOf(scope),
					seller: JSON.stringify(parties.seller),
					customer: JSON.stringify(parties.customer)
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'payments_known') throw known(input.reference);
			throw error;
		}
		const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
		const told = allocations.map((part) => ({ ...part, invoice: find(byId, part) }));
		if (told.length > 0) {
			await db
				.insertInto('payments.allocations')
				.values(
					told.map((part, index) => ({
						business_id: businessId,
						payment_id: id,
						position: index + 1,
						invoice_id: part.invoiceId,
						invoice_number: part.invoice.number,
						amount_minor: part.amountMinor
					}))
				)
				.execute();
			await settleInvoices(
				scope,
				allocations.map((part) => ({
					businessId,
					invoiceId: part.invoiceId,
					source: {
						kind: 'payment' as const,
						id,
						method: input.method,
						reference: input.reference
					},
					amountMinor: part.amountMinor,
					onDay: receivedOn
				}))
			);
		}
		await post(scope, {
			businessId,
			onDay: receivedOn,
			kind: 'received',
			document: { kind: 'payment', id, reference: input.reference },
			currency,
			postings: paymentPostings(amountMinor, allocations)
		});
		const settled = told.map(({ invoiceId, invoice, amountMinor }) => ({
			invoiceId,
			number: invoice.number,
			amountMinor,
			settled: amountMinor === invoice.leftMinor
		}));
		await emit(
			scope,
			'payment.received',
			{
				paymentId: id,
				number: receipt.number,
				method: input.method,
				reference: input.reference,
				amountMinor: String(amountMinor),
				currency,
				allocations: settled.map((part) => ({ ...part, amountMinor: String(part.amountMinor) })),
				creditMinor: String(restMinor)
			},
			businessId
		);
		await announce(scope, businessId, 'billing');
		return {
			id,
			number: receipt.number,
			allocations: settled.map(({ number, amountMinor, settled }) => ({
				number,
				amountMinor,
				settled
			})),
			creditMinor: restMinor
		};
	}
);

type Input = v.InferOutput<typeof RecordPayment>;

/** Before anything is said of invoices: a payment told twice is known, also when it settled them. */
async function refuseKnown({ db }: Scope, { businessId, method, reference }: Input): Promise<void> {
	const row = await db
		.selectFrom('payments.payments')
		.select('id')
		.where('business_id', '=', businessId)
		.where('method', '=', method)
		.where(({ eb, fn, val }) =>
			eb(
				fn('upper', [fn('regexp_replace', ['reference', val('\\s'), val(''), val('g')])]),
				'=',
				referenceKey(reference)
			)
		)
		.where('reversed_on', 'is', null)
		.executeTakeFirst();
	if (row) throw known(reference);
}

function known(reference: string): Conflict {
	return new Conflict('payment_known', `${reference} was counted already.`);
}

/** Money in a currency that the business is neither billed in nor works in is a mistake. */
async function checkCurrency(
	scope: Scope,
	{ businessId, currency, invoices: asked }: Input,
	invoices: InvoiceToSettle[]
): Promise<void> {
	const issues = asked.flatMap(({ number }, index) => {
		const invoice = invoices.find((one) => one.number === number);
		return invoice && invoice.currency !== currency
			? [
					{
						path: `invoices.${index}.number`,
						message: `${number} is in ${invoice.currency}, not in ${currency}.`
					}
				]
			: [];
	});
	if (issues.length > 0) throw new Invalid(issues);
	if (invoices.some((invoice) => invoice.currency === currency)) return;
	const business = await readBusiness(scope, { businessId });
	if (business.currency !== currency)
		throw new Invalid([
			{
				path: 'currency',
				message: `Nothing is owed in ${currency}, and ${business.name} works in ${business.currency}.`
			}
		]);
}

/** Looks up what is named. What was written off counts too. */
function named({ invoices: asked, amountMinor, currency }: Input, invoices: InvoiceToSettle[]) {
	const byNumber = new Map(invoices.map((invoice) => [invoice.number, invoice]));
	let sum = 0n;
	return asked.map(({ number, amountMinor: part }, index) => {
		const fault = (field: string, message: string) =>
			new Invalid([{ path: `invoices.${index}.${field}`, message }]);
		const invoice = byNumber.get(number);
		if (!invoice) throw new NotFound(`The invoice ${number}`);
		if (asked.findIndex((other) => other.number === number) < index)
			throw fault('number', `${number} is named twice.`);
		if (!isOwed(invoice))
			throw new Conflict('invoice_not_open', `Invoice ${number} is ${invoice.status}.`);
		if (part !== undefined && part > invoice.leftMinor)
			throw fault(
				'amountMinor',
				`${number} asks for ${currency} ${major(invoice.leftMinor, currency)}.`
			);
		sum += part ?? 0n;
		if (sum > amountMinor) throw fault('amountMinor', 'This is more than came.');
		return { invoiceId: invoice.id, ...(part === undefined ? {} : { amountMinor: part }) };
	});
}

/** Open, or given up and paid after all. What is given up is paid only when it is named. */
function isOwed({ status, leftMinor }: InvoiceToSettle): boolean {
	return (status === 'open' || status === 'uncollectible') && leftMinor > 0n;
}

function find(invoices: Map<string, InvoiceToSettle>, { invoiceId }: Allocation): InvoiceToSettle {
	const invoice = invoices.get(invoiceId);
	if (!invoice) throw new Error('Money counts towards invoices that are held.');
	return invoice;
}
