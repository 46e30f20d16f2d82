import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { readSignatures } from '../fiscal/index.ts';
import { listEntries, post } from '../ledger/index.ts';
import { reversed } from './books.ts';
import { readBilled, Reason } from './credit-issuing.ts';
import { addCredited } from './credited.ts';
import { CivilDate, InvoiceNumber } from './schemas.ts';
import {
	holdInvoices,
	insertSettlements,
	postWriteOffs,
	updateInvoices,
	type HeldInvoice,
	type SettlementRow
} from './settling.ts';

interface Ended {
	invoiceId: string;
	number: string;
	reason: string;
	/** Minor units, as text. */
	amountMinor: string;
	currency: string;
}

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** It asks for nothing, and never did. */
		'invoice.voided': Ended;
		/** Nobody expects it to be paid. The amount is what was left. */
		'invoice.written_off': Ended;
	}
}

const EndInvoice = v.object({
	businessId: BusinessId,
	number: InvoiceNumber,
	onDay: CivilDate,
	reason: Reason
});

/**
 * Makes an invoice void: it was issued by mistake, and asks for nothing. The ledger keeps its entry and has one that
 * takes it back. What it gave back of earlier invoices can be given back anew.
 *
 * @throws NotFound; Conflict `invoice_not_open`, `invoice_settled` when something was paid or credited,
 * `invoice_signed` when it went to the tax authority's control unit, `too_early`
 */
export const voidInvoice = usecase(
	'billing.manage',
	EndInvoice,
	async (scope, { businessId, number, onDay, reason }) => {
		const invoice = await holdOpen(scope, businessId, number, onDay);
		// The tax authority knows of it, or is about to: it takes back by credit notes alone.
		if ((await readSignatures(scope, { documentIds: [invoice.id] })).size > 0)
			throw new Conflict(
				'invoice_signed',
				`The control unit was asked to sign invoice ${number}: issue a credit note.`
			);
		const { lines } = await readBilled(scope, businessId, invoice.id);
		if (invoice.paidMinor !== 0n || lines.some(({ creditedMinor }) => creditedMinor !== 0n))
			throw new Conflict(
				'invoice_settled',
				`Something of invoice ${number} was paid or given back: issue a credit note.`
			);
		await addCredited(
			scope,
			lines.flatMap(({ credits, amountMinor }) =>
				credits ? { businessId, currency: invoice.currency, ...credits, amountMinor } : []
			)
		);
		await scope.db
			.updateTable('billing.invoices')
			.set({ status: 'void', voided_on: onDay, reason })
			.where('business_id', '=', businessId)
			.where('id', '=', invoice.id)
			.execute();
		const entries = await listEntries(scope, {
			businessId,
			document: { kind: 'invoice', id: invoice.id }
		});
		for (const { document, postings } of entries.filter(({ kind }) => kind === 'issued'))
			await post(scope, {
				businessId,
				onDay,
				kind: 'reversed',
				document,
				currency: invoice.currency,
				postings: reversed(postings)
			});
		await tell(scope, 'invoice.voided', invoice, reason, invoice.totalMinor);
	}
);

/**
 * Gives an invoice up: what is left of it is written off. Whatever comes for it later takes so much of that back.
 * @throws NotFound; Conflict `invoice_not_open`, `too_early`
 */
export const writeOffInvoice = usecase(
	'billing.manage',
	EndInvoice,
	async (scope, { businessId, number, onDay, reason }) => {
		const invoice = await holdOpen(scope, businessId, number, onDay);
		const left = invoice.totalMinor - invoice.paidMinor;
		const row: SettlementRow = {
			id: newId('set', scope.now),
			businessId,
			invoiceId: invoice.id,
			kind: 'write_off',
			sourceId: null,
			amountMinor: left,
			onDay
		};
		await insertSettlements(scope, [row]);
		await postWriteOffs(scope, [row], new Map([[`${businessId} ${invoice.id}`, invoice]]));
		await updateInvoices(scope, [
			{
				...invoice,
				status: 'uncollectible',
				paidMinor: invoice.totalMinor,
				givenUpOn: onDay,
				reason
			}
		]);
		await tell(scope, 'invoice.written_off', invoice, reason, left);
	}
);

async function holdOpen(
	scope: Scope,
	businessId: string,
	number: string,
	onDay: string
): Promise<HeldInvoice> {
	const row = await scope.db
		.selectFrom('billing.invoices')
		.select(['id', 'issued_on'])
		.where('business_id', '=', businessId)
		.where('number', '=', number)
		.executeTakeFirst();
	const held = row && (await holdInvoices(scope, [businessId], [row.id]));
	const invoice = row && held?.get(`${businessId} ${row.id}`);
	if (!invoice) throw new NotFound('This invoice');
	if (invoice.status !== 'open')
		throw new Conflict('invoice_not_open', `Invoice ${number} is ${invoice.status}.`);
	if (onDay < row.issued_on)
		throw new Conflict('too_early', `Invoice ${number} is of ${row.issued_on}, a later day.`);
	return invoice;
}

async function tell(
	scope: Scope,
	kind: 'invoice.voided' | 'invoice.written_off',
	{ businessId, id, number, currency }: HeldInvoice,
	reason: string,
	amountMinor: bigint
): Promise<void> {
	const data = { invoiceId: id, number, reason, amountMinor: String(amountMinor), currency };
	await emit(scope, kind, data, businessId);
	await announce(scope, businessId, 'billing');
}
