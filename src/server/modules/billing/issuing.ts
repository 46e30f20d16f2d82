import { sql } from 'kysely';
import { Conflict, Invalid } from '../../platform/errors.ts';
import { emitAll } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { insertAll } from '../../platform/insert-all.ts';
import { announce } from '../../platform/live.ts';
import { authorize, type Scope } from '../../platform/scope.ts';
import { requestSignatures } from '../fiscal/index.ts';
import { postAll } from '../ledger/index.ts';
import { invoicePostings } from './books.ts';
import { addCredited, type CreditedLine } from './credited.ts';
import type { InvoiceDraft, InvoiceKind } from './draft-lines.ts';
import { readPartiesOf } from './parties.ts';
import { takeReferences } from './references.ts';
import { takeNumbers } from './series.ts';
import { reckonDraft, type ReckonedDraft } from './totals.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'invoice.issued': {
			invoiceId: string;
			number: string;
			kind: InvoiceKind;
			/** Minor units, as text: JSON has no exact whole numbers of that size. */
			totalMinor: string;
			currency: string;
			dueOn: string;
		};
	}
}

export interface IssuedInvoice {
	id: string;
	number: string;
	totalMinor: bigint;
}

/**
 * Issues many invoices in one turn, a statement a table: reckons discounts, tax and totals, takes their numbers,
 * keeps the parties as they are on the day, posts and tells them. They never change afterwards; what comes to
 * nothing is paid at once.
 *
 * @returns in the order of the drafts
 * @throws Invalid with `lines` of a draft that comes to less than nothing or to more than 15 digits; Conflict
 * `seller_unknown`, `credited_too_much` for a line that gives back more than was billed; NotFound for what a
 * line gives back of or a debit note corrects
 */
export async function issueInvoices(
	scope: Scope,
	drafts: readonly InvoiceDraft[]
): Promise<IssuedInvoice[]> {
	authorize(scope, 'billing.manage');
	if (drafts.length === 0) return [];
	const { db, now } = scope;
	const reckoned = drafts.map((draft) => ({ draft, ...check(draft) }));
	const [parties, references] = [
		await readPartiesOf(
			scope,
			drafts.map(({ businessId, issuedOn }) => ({ businessId, on: issuedOn }))
		),
		await takeReferences(
			scope,
			drafts.map(({ businessId, customerReference }) =>
				customerReference === undefined ? businessId : null
			)
		)
	];
	await findCorrected(scope, drafts);
	await addCredited(scope, drafts.flatMap(creditedBy));
	const numbers = await numbersFor(scope, drafts);
	const invoices = reckoned.map((one, index) => {
		const { businessId } = one.draft;
		const numbered = numbers[index];
		const on = parties[index];
		if (!numbered || !on) throw new Error('Each invoice has its number and its parties.');
		const reference = one.draft.customerReference ?? references[index] ?? null;
		return { ...one, ...numbered, ...on, id: newId('inv', now), businessId, reference };
	});
	await insertAll(
		db,
		'billing.invoices',
		{
			business_id: 'text',
			id: 'text',
			series: 'text',
			sequence: 'integer',
			number: 'text',
			kind: 'text',
			corrects_invoice_id: 'text',
			customer_reference: 'text',
			status: 'text',
			issued_on: 'date',
			due_on: 'date',
			issued_at: 'timestamptz',
			currency: 'text',
			discount_minor: 'bigint',
			subtotal_minor: 'bigint',
			tax_minor: 'bigint',
			total_minor: 'bigint',
			paid_on: 'date',
			seller: 'jsonb',
			customer: 'jsonb'
		},
		invoices.map(({ draft, ...invoice }) => ({
			business_id: draft.businessId,
			id: invoice.id,
			series: invoice.series,
			sequence: invoice.sequence,
			number: invoice.number,
			kind: draft.kind ?? 'invoice',
			corrects_invoice_id: draft.correctsInvoiceId,
			customer_reference: invoice.reference,
			status: invoice.totalMinor === 0n ? 'paid' : 'open',
			issued_on: draft.issuedOn,
			due_on: draft.dueOn,
			issued_at: now,
			currency: draft.currency,
			discount_minor: invoice.discountMinor,
			subtotal_minor: invoice.subtotalMinor,
			tax_minor: invoice.taxMinor,
			total_minor: invoice.totalMinor,
			paid_on: invoice.totalMinor === 0n ? draft.issuedOn : null,
			seller: JSON.stringify(invoice.seller),
			customer: JSON.stringify(invoice.customer)
		}))
	);
	await insertParts(scope, invoices);
	await postAll(
		scope,
		invoices.flatMap(({ draft, id, number, ...totals }) => {
			const postings = invoicePostings(id, totals);
			// What comes to nothing in every account moves nothing.
			if (postings.every(({ amountMinor }) => amountMinor === 0n)) return [];
			return {
				businessId: draft.businessId,
				onDay: draft.issuedOn,
				kind: 'issued' as const,
				document: { kind: draft.kind ?? 'invoice', id, reference: number },
				currency: draft.currency,
				postings
			};
		})
	);
	await requestSignatures(
		scope,
		invoices.map(({ draft, id, number, series, sequence }) => ({
			businessId: draft.businessId,
			documentId: id,
			kind: draft.kind ?? 'invoice',
			number,
			series,
			sequence,
			...(draft.correctsInvoiceId === undefined ? {} : { originalId: draft.correctsInvoiceId })
		}))
	);
	await emitAll(
		scope,
		'invoice.issued',
		invoices.map(({ draft, id, number, totalMinor }) => ({
			businessId: draft.businessId,
			data: {
				invoiceId: id,
				number,
				kind: draft.kind ?? 'invoice',
				totalMinor: String(totalMinor),
				currency: draft.currency,
				dueOn: draft.dueOn
			}
		}))
	);
	await announce(scope, [...new Set(drafts.map(({ businessId }) => businessId))], 'billing');
	return invoices.map(({ id, number, totalMinor }) => ({ id, number, totalMinor }));
}

/** What a draft comes to, once it can be issued. @throws Invalid */
function check(draft: InvoiceDraft): ReckonedDraft {
	if (draft.lines.length === 0)
		throw new Invalid([{ path: 'lines', message: 'An invoice has at least one line.' }]);
	if (draft.dueOn < draft.issuedOn)
		throw new Invalid([{ path: 'dueOn', message: 'An invoice is due on its day or later.' }]);
	if ((draft.kind === 'debit_note') !== (draft.correctsInvoiceId !== undefined))
		throw new Invalid([
			{
				path: 'correctsInvoiceId',
				message: 'A debit note names the invoice that it corrects, and an invoice none.'
			}
		]);
	const reckoned = reckonDraft(draft);
	if (reckoned.totalMinor < 0n)
		throw new Invalid([
			{
				path: 'lines',
				message: 'The lines come to less than nothing: what is given back is a credit note.'
			}
		]);
	if (draft.kind === 'debit_note' && reckoned.totalMinor === 0n)
		throw new Invalid([{ path: 'lines', message: 'A debit note asks for more than nothing.' }]);
	return reckoned;
}

function creditedBy({ businessId, currency, lines }: InvoiceDraft): CreditedLine[] {
	return lines.flatMap(({ credits, amountMinor }) =>
		credits ? { businessId, currency, ...credits, amountMinor: -amountMinor } : []
	);
}

/** Whatever a debit note corrects was issued to the same business, in its currency, and asks for something. */
async function findCorrected({ db }: Scope, drafts: readonly InvoiceDraft[]): Promise<void> {
	const notes = drafts.filter(({ correctsInvoiceId }) => correctsInvoiceId !== undefined);
	if (notes.length === 0) return;
	const rows = await db
		.selectFrom('billing.invoices')
		.select(['business_id', 'id', 'number', 'status', 'currency', 'kind'])
		.where('id', '=', sql<string>`any(${notes.map((note) => note.correctsInvoiceId)})`)
		.forShare()
		.execute();
	for (const { businessId, correctsInvoiceId, currency } of notes) {
		const row = rows.find(
			({ business_id, id }) => business_id === businessId && id === correctsInvoiceId
		);
		if (!row || row.kind !== 'invoice')
			throw new Invalid([
				{ path: 'correctsInvoiceId', message: 'A debit note corrects an invoice of this business.' }
			]);
		if (row.status === 'void')
			throw new Conflict('invoice_void', `Invoice ${row.number} is void: issue a new one.`);
		if (row.currency !== currency)
			throw new Invalid([
				{ path: 'currency', message: `The invoice is in ${row.currency}, not in ${currency}.` }
			]);
	}
}

/** Invoices and debit notes are numbered apart. */
async function numbersFor(scope: Scope, drafts: readonly InvoiceDraft[]) {
	const seriesOf = ({ kind }: InvoiceDraft) =>
		kind === 'debit_note' ? ('debit-notes' as const) : ('invoices' as const);
	const numbers = new Map<InvoiceDraft, Awaited<ReturnType<typeof takeNumbers>>[number]>();
	for (const series of ['debit-notes', 'invoices'] as const) {
		const some = drafts.filter((draft) => seriesOf(draft) === series);
		const taken = await takeNumbers(
			scope,
			series,
			some.map(({ issuedOn }) => issuedOn)
		);
		for (const [index, number] of taken.entries()) {
			const draft = some[index];
			if (draft) numbers.set(draft, number);
		}
	}
	return drafts.map((draft) => numbers.get(draft));
}

type Numbered = ReckonedDraft & { id: string; businessId: string };

async function insertParts({ db }: Scope, invoices: readonly Numbered[]): Promise<void> {
	await insertAll(
		db,
		'billing.invoice_lines',
		{
			business_id: 'text',
			invoice_id: 'text',
			position: 'integer',
			kind: 'text',
			product_id: 'text',
			subscription_id: 'text',
			price_slug: 'text',
			meter: 'text',
			description: 'text',
			period_start: 'date',
			period_end: 'date',
			quantity: 'numeric',
			unit_minor: 'numeric',
			exact_amount: 'numeric',
			amount_minor: 'bigint',
			discount_minor: 'bigint',
			tax_class: 'text',
			tax_rate: 'numeric',
			tax_included: 'boolean',
			steps: 'jsonb',
			credits_invoice_id: 'text',
			credits_position: 'integer'
		},
		invoices.flatMap(({ businessId, id, lines }) =>
			lines.map((line, index) => ({
				business_id: businessId,
				invoice_id: id,
				position: index + 1,
				kind: line.kind,
				product_id: line.productId,
				subscription_id: line.subscriptionId,
				price_slug: line.priceSlug,
				meter: line.meter,
				description: line.description,
				period_start: line.period?.start,
				period_end: line.period?.end,
				quantity: line.quantity,
				unit_minor: line.unitMinor,
				exact_amount: line.exactAmount,
				amount_minor: line.amountMinor,
				discount_minor: line.discountMinor,
				tax_class: line.taxClass,
				tax_rate: line.taxRate,
				tax_included: line.taxIncluded,
				steps: line.steps ? JSON.stringify(line.steps) : null,
				credits_invoice_id: line.credits?.invoiceId,
				credits_position: line.credits?.position
			}))
		)
	);
	await insertAll(
		db,
		'billing.invoice_discounts',
		{
			business_id: 'text',
			invoice_id: 'text',
			position: 'integer',
			label: 'text',
			percent: 'numeric',
			amount_minor: 'bigint',
			subscription_id: 'text'
		},
		invoices.flatMap(({ businessId, id, discounts }) =>
			discounts.map(({ label, percent, appliedMinor, subscriptionId }, index) => ({
				business_id: businessId,
				invoice_id: id,
				position: index + 1,
				label,
				percent,
				amount_minor: appliedMinor,
				subscription_id: subscriptionId
			}))
		)
	);
	await insertAll(
		db,
		'billing.invoice_taxes',
		{
			business_id: 'text',
			invoice_id: 'text',
			tax_class: 'text',
			rate: 'numeric',
			base_minor: 'bigint',
			tax_minor: 'bigint'
		},
		invoices.flatMap(({ businessId, id, taxes }) =>
			taxes.map(({ taxClass, rate, baseMinor, taxMinor }) => ({
				business_id: businessId,
				invoice_id: id,
				tax_class: taxClass,
				rate,
				base_minor: baseMinor,
				tax_minor: taxMinor
			}))
		)
	);
}
