import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { insertAll } from '../../platform/insert-all.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { requestSignatures } from '../fiscal/index.ts';
import { post } from '../ledger/index.ts';
import type { TaxClass } from '../rating/index.ts';
import { creditNotePostings } from './books.ts';
import { reckonCredit, type Billed } from './credit-reckoning.ts';
import { addCredited } from './credited.ts';
import { CivilDate, InvoiceNumber } from './schemas.ts';
import { takeNumbers } from './series.ts';
import { holdInvoices, settleInvoices } from './settling.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'credit_note.issued': {
			creditNoteId: string;
			number: string;
			invoiceId: string;
			invoiceNumber: string;
			/** Minor units, as text. */
			totalMinor: string;
			currency: string;
			/** What of it became the customer's credit, since the invoice asked for less. */
			creditMinor: string;
		};
	}
}

const Asked = v.union(
	[
		v.strictObject({ whole: v.literal(true) }),
		v.strictObject({ amountMinor: v.bigint() }),
		v.strictObject({
			lines: v.pipe(
				v.array(v.object({ position: v.pipe(v.number(), v.integer()), amountMinor: v.bigint() })),
				v.minLength(1, 'Name a line that is given back of.')
			)
		})
	],
	'Give back the whole, an amount, or of some lines.'
);

export const Reason = v.pipe(
	v.string(),
	v.trim(),
	v.nonEmpty('Say why, in words for the customer.'),
	v.maxLength(200, 'At most 200 characters.')
);

const IssueCreditNote = v.object({
	businessId: BusinessId,
	/** Of the invoice that is given back of. */
	number: InvoiceNumber,
	issuedOn: CivilDate,
	/** Stands on the note. */
	reason: Reason,
	/** Amounts of lines are before or with tax as the line is; an amount as such is with its tax. */
	what: Asked
});

export interface IssuedCreditNote {
	id: string;
	number: string;
	totalMinor: bigint;
	/** What of it the invoice still asked for; the rest is the customer's credit now. */
	settledMinor: bigint;
}

/**
 * Gives back of an invoice: makes less to pay of it as far as anything is left, and the rest the customer's credit.
 * The note is numbered and never changes.
 *
 * @throws NotFound; Conflict `credited_too_much`, `invoice_void`, `too_early` for a day before the invoice's; Invalid
 */
export const issueCreditNote = usecase(
	'billing.manage',
	IssueCreditNote,
	async (scope, { businessId, number, issuedOn, reason, what }): Promise<IssuedCreditNote> => {
		const { now } = scope;
		const invoice = await readCredited(scope, businessId, number);
		if (issuedOn < invoice.issued_on)
			throw new Conflict('too_early', `Invoice ${number} is of ${invoice.issued_on}, a later day.`);
		const billed = await readBilled(scope, businessId, invoice.id);
		const reckoned = reckonCredit(billed, what);
		const lineAt = new Map(billed.lines.map((line) => [line.position, line]));
		await addCredited(
			scope,
			reckoned.lines.flatMap(({ position, amountMinor }) => {
				const of = { businessId, currency: invoice.currency };
				const taken = lineAt.get(position)?.credits;
				return [
					{ ...of, invoiceId: invoice.id, position, amountMinor },
					// A credit that is taken back can be given anew.
					...(amountMinor < 0n && taken ? [{ ...of, ...taken, amountMinor }] : [])
				];
			})
		);
		const [numbered] = await takeNumbers(scope, 'credit-notes', [issuedOn]);
		if (!numbered) throw new Error('A note has its number.');
		const id = newId('crn', now);
		const left = invoice.totalLeftMinor;
		const settledMinor = reckoned.totalMinor < left ? reckoned.totalMinor : left;
		await insertNote(scope, {
			businessId,
			id,
			...numbered,
			invoice,
			issuedOn,
			reason,
			settledMinor,
			billed,
			reckoned
		});
		if (settledMinor > 0n)
			await settleInvoices(scope, [
				{
					businessId,
					invoiceId: invoice.id,
					source: { kind: 'credit_note', id },
					amountMinor: settledMinor,
					onDay: issuedOn
				}
			]);
		await post(scope, {
			businessId,
			onDay: issuedOn,
			kind: 'issued',
			document: { kind: 'credit_note', id, reference: numbered.number },
			currency: invoice.currency,
			postings: creditNotePostings(invoice.id, reckoned, settledMinor)
		});
		await requestSignatures(scope, [
			{
				businessId,
				documentId: id,
				kind: 'credit_note',
				...numbered,
				originalId: invoice.id
			}
		]);
		await emit(
			scope,
			'credit_note.issued',
			{
				creditNoteId: id,
				number: numbered.number,
				invoiceId: invoice.id,
				invoiceNumber: number,
				totalMinor: String(reckoned.totalMinor),
				currency: invoice.currency,
				creditMinor: String(reckoned.totalMinor - settledMinor)
			},
			businessId
		);
		await announce(scope, businessId, 'billing');
		return { id, number: numbered.number, totalMinor: reckoned.totalMinor, settledMinor };
	}
);

/** The invoice, locked. What it still asks for is what was written off of it, once it was given up. */
async function readCredited(scope: Scope, businessId: string, number: string) {
	const row = await scope.db
		.selectFrom('billing.invoices')
		.select(['id', 'issued_on', 'customer_reference', 'seller', 'customer'])
		.where('business_id', '=', businessId)
		.where('number', '=', number)
		.executeTakeFirst();
	if (!row) throw new NotFound('This invoice');
	const held = (await holdInvoices(scope, [businessId], [row.id])).get(`${businessId} ${row.id}`);
	if (!held) throw new NotFound('This invoice');
	if (held.status === 'void')
		throw new Conflict('invoice_void', `Invoice ${number} is void: it asks for nothing.`);
	const writtenOff = await readWrittenOff(scope, businessId, row.id);
	return {
		...row,
		currency: held.currency,
		totalLeftMinor: held.totalMinor - held.paidMinor + writtenOff
	};
}

async function readWrittenOff({ db }: Scope, businessId: string, invoiceId: string) {
	const rows = await db
		.selectFrom('billing.settlements')
		.select('amount_minor')
		.where('business_id', '=', businessId)
		.where('invoice_id', '=', invoiceId)
		.where('source_kind', '=', 'write_off')
		.execute();
	return rows.reduce((sum, row) => sum + row.amount_minor, 0n);
}

export type BilledInvoice = Omit<Billed, 'lines'> & {
	lines: (Billed['lines'][number] & {
		description: string;
		productId: string | null;
		credits: { invoiceId: string; position: number } | null;
	})[];
};

/** What of an invoice was billed and given back, line by line. */
export async function readBilled(
	{ db }: Scope,
	businessId: string,
	invoiceId: string
): Promise<BilledInvoice> {
	const [lines, taxes, notes, noted] = await Promise.all([
		db
			.selectFrom('billing.invoice_lines')
			.select(['position', 'description', 'product_id as productId', 'amount_minor as amountMinor'])
			.select(['discount_minor as discountMinor', 'credited_minor as creditedMinor'])
			.select(['tax_class', 'tax_rate as taxRate', 'tax_included as taxIncluded'])
			.select(['credits_invoice_id', 'credits_position'])
			.where('business_id', '=', businessId)
			.where('invoice_id', '=', invoiceId)
			.orderBy('position')
			.execute(),
		db
			.selectFrom('billing.invoice_taxes')
			.select(['tax_class', 'rate', 'base_minor as baseMinor', 'tax_minor as taxMinor'])
			.where('business_id', '=', businessId)
			.where('invoice_id', '=', invoiceId)
			.orderBy('rate', 'desc')
			.orderBy('tax_class')
			.execute(),
		db
			.selectFrom('billing.credit_note_lines')
			.select(['invoice_position', 'amount_minor'])
			.where('business_id', '=', businessId)
			.where('invoice_id', '=', invoiceId)
			.execute(),
		db
			.selectFrom('billing.credit_note_taxes as tax')
			.innerJoin('billing.credit_notes as note', (join) =>
				join
					.onRef('note.business_id', '=', 'tax.business_id')
					.onRef('note.id', '=', 'tax.credit_note_id')
			)
			.select(['tax.tax_class', 'tax.rate', 'tax.base_minor', 'tax.tax_minor'])
			.where('note.business_id', '=', businessId)
			.where('note.invoice_id', '=', invoiceId)
			.execute()
	]);
	return {
		lines: lines.map(({ tax_class, credits_invoice_id, credits_position, ...line }) => ({
			...line,
			taxClass: tax_class as TaxClass,
			notedMinor: notes
				.filter(({ invoice_position }) => invoice_position === line.position)
				.reduce((sum, { amount_minor }) => sum + amount_minor, 0n),
			credits:
				credits_invoice_id === null || credits_position === null
					? null
					: { invoiceId: credits_invoice_id, position: credits_position }
		})),
		taxes: taxes.map(({ tax_class, ...tax }) => ({ ...tax, taxClass: tax_class as TaxClass })),
		noted: taxes.map(({ tax_class, rate }) => {
			const own = noted.filter(
				(tax) => tax.tax_class === tax_class && Number(tax.rate) === Number(rate)
			);
			return {
				taxClass: tax_class as TaxClass,
				rate,
				baseMinor: own.reduce((sum, { base_minor }) => sum + base_minor, 0n),
				taxMinor: own.reduce((sum, { tax_minor }) => sum + tax_minor, 0n)
			};
		})
	};
}

interface NewNote {
	businessId: string;
	id: string;
	series: string;
	sequence: number;
	number: string;
	invoice: Awaited<ReturnType<typeof readCredited>>;
	issuedOn: string;
	reason: string;
	settledMinor: bigint;
	billed: BilledInvoice;
	reckoned: ReturnType<typeof reckonCredit>;
}

async function insertNote({ db, now }: Scope, note: NewNote): Promise<void> {
	const { businessId, id, invoice, billed, reckoned } = note;
	await db
		.insertInto('billing.credit_notes')
		.values({
			business_id: businessId,
			id,
			series: note.series,
			sequence: note.sequence,
			number: note.number,
			invoice_id: invoice.id,
			issued_on: note.issuedOn,
			issued_at: now,
			reason: note.reason,
			currency: invoice.currency,
			subtotal_minor: reckoned.subtotalMinor,
			tax_minor: reckoned.taxMinor,
			total_minor: reckoned.totalMinor,
			settled_minor: note.settledMinor,
			seller: JSON.stringify(invoice.seller),
			customer: JSON.stringify(invoice.customer),
			customer_reference: invoice.customer_reference
		})
		.execute();
	await insertAll(
		db,
		'billing.credit_note_lines',
		{
			business_id: 'text',
			credit_note_id: 'text',
			position: 'integer',
			invoice_id: 'text',
			invoice_position: 'integer',
			product_id: 'text',
			description: 'text',
			amount_minor: 'bigint',
			tax_class: 'text',
			tax_rate: 'numeric',
			tax_included: 'boolean'
		},
		reckoned.lines.flatMap(({ position, amountMinor }, index) => {
			const line = billed.lines.find((one) => one.position === position);
			if (!line) return [];
			return {
				business_id: businessId,
				credit_note_id: id,
				position: index + 1,
				invoice_id: invoice.id,
				invoice_position: position,
				product_id: line.productId,
				description: line.description,
				amount_minor: amountMinor,
				tax_class: line.taxClass,
				tax_rate: line.taxRate,
				tax_included: line.taxIncluded
			};
		})
	);
	await insertAll(
		db,
		'billing.credit_note_taxes',
		{
			business_id: 'text',
			credit_note_id: 'text',
			tax_class: 'text',
			rate: 'numeric',
			base_minor: 'bigint',
			tax_minor: 'bigint'
		},
		reckoned.taxes.map(({ taxClass, rate, baseMinor, taxMinor }) => ({
			business_id: businessId,
			credit_note_id: id,
			tax_class: taxClass,
			rate,
			base_minor: baseMinor,
			tax_minor: taxMinor
		}))
	);
}
