import * as v from 'valibot';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { idPattern, newId } from '../../platform/ids.ts';
import type { Actor, Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, listSomeBusinesses } from '../businesses/index.ts';
import { listProducts } from '../catalogue/index.ts';
import { civilDate, Currency, daysAfter } from '../rating/index.ts';
import {
	ratedDiscount,
	ratedLine,
	Reference,
	WrittenDiscount,
	WrittenLine
} from './draft-fields.ts';
import { invoiceKinds, type InvoiceKind } from './draft-lines.ts';
import { issueInvoices, type IssuedInvoice } from './issuing.ts';
import { readSeller } from './parties.ts';
import { CivilDate, InvoiceNumber } from './schemas.ts';
import { reckonDraft, type ReckonedDraft } from './totals.ts';

const content = {
	currency: Currency,
	lines: v.pipe(
		v.array(WrittenLine),
		v.minLength(1, 'An invoice has at least one line.'),
		v.maxLength(200, 'An invoice written by hand has at most 200 lines.')
	),
	discounts: v.optional(v.pipe(v.array(WrittenDiscount), v.maxLength(20)), []),
	kind: v.optional(v.picklist(invoiceKinds), 'invoice'),
	/** Of a debit note: the number of the invoice that asked for too little. */
	corrects: v.optional(InvoiceNumber),
	/** What the customer wants to find it by. */
	customerReference: v.optional(Reference)
};

const DraftId = v.pipe(v.string(), v.regex(idPattern('drf'), 'This is not the id of a draft.'));
const Version = v.pipe(v.number(), v.integer(), v.minValue(1));

export interface StoredDraft {
	businessId: string;
	id: string;
	kind: InvoiceKind;
	/** Of a debit note: the number of the invoice that it corrects. */
	corrects: string | null;
	currency: string;
	customerReference: string | null;
	lines: WrittenLine[];
	discounts: WrittenDiscount[];
	version: number;
	madeBy: string;
	changedAt: Date;
	/** What it would come to if it were issued now. */
	totals: ReckonedDraft;
}

/**
 * Makes a draft of an invoice or debit note: it has no number, may change and may be thrown away.
 * @throws Invalid; NotFound for the invoice that it corrects
 */
export const createInvoiceDraft = usecase(
	'invoice.draft',
	v.object({ businessId: BusinessId, ...content }),
	async (scope, { businessId, ...input }): Promise<{ id: string }> => {
		const columns = await columnsOf(scope, businessId, input);
		const id = newId('drf', scope.now);
		await scope.db
			.insertInto('billing.invoice_drafts')
			.values({
				business_id: businessId,
				id,
				...columns,
				version: 1,
				made_by: nameOf(scope.actor),
				made_at: scope.now,
				changed_at: scope.now
			})
			.execute();
		return { id };
	}
);

/** Replaces what a draft says. @throws Invalid; NotFound; Conflict `draft_changed` for another version than the last */
export const changeInvoiceDraft = usecase(
	'invoice.draft',
	v.object({ businessId: BusinessId, id: DraftId, version: Version, ...content }),
	async (scope, { businessId, id, version, ...input }): Promise<void> => {
		await holdDraft(scope, businessId, id, version);
		await scope.db
			.updateTable('billing.invoice_drafts')
			.set({
				...(await columnsOf(scope, businessId, input)),
				version: version + 1,
				changed_at: scope.now
			})
			.where('business_id', '=', businessId)
			.where('id', '=', id)
			.execute();
	}
);

/** @throws NotFound; Conflict `draft_changed` */
export const discardInvoiceDraft = usecase(
	'invoice.draft',
	v.object({ businessId: BusinessId, id: DraftId, version: v.optional(Version) }),
	async (scope, { businessId, id, version }): Promise<void> => {
		await holdDraft(scope, businessId, id, version);
		await deleteDraft(scope, businessId, id);
	}
);

/** What is not issued yet, of one business or of all, changed last at the top. */
export const listInvoiceDrafts = usecase(
	'invoice.draft',
	v.object({ businessId: v.optional(BusinessId) }),
	async (scope, { businessId }): Promise<StoredDraft[]> => {
		const rows = await selectDrafts(scope)
			.$if(businessId !== undefined, (query) =>
				query.where('draft.business_id', '=', businessId ?? '')
			)
			.orderBy('draft.changed_at', 'desc')
			.orderBy('draft.id', 'desc')
			.limit(500)
			.execute();
		return rows.map(storedDraft);
	}
);

/** @throws NotFound */
export const readInvoiceDraft = usecase(
	'invoice.draft',
	v.object({ businessId: BusinessId, id: DraftId }),
	async (scope, { businessId, id }): Promise<StoredDraft> => {
		const row = await selectDrafts(scope)
			.where('draft.business_id', '=', businessId)
			.where('draft.id', '=', id)
			.executeTakeFirst();
		if (!row) throw new NotFound('This draft');
		return storedDraft(row);
	}
);

/**
 * Issues a draft, which is gone with it: today in the zone of the business and due after the vendor's days, unless
 * other days are given. @throws as `issueInvoices`; NotFound; Conflict `draft_changed`
 */
export const issueInvoiceDraft = usecase(
	'billing.manage',
	v.object({
		businessId: BusinessId,
		id: DraftId,
		version: v.optional(Version),
		issuedOn: v.optional(CivilDate),
		dueOn: v.optional(CivilDate)
	}),
	async (scope, { businessId, id, version, ...days }): Promise<IssuedInvoice> => {
		const held = await holdDraft(scope, businessId, id, version);
		const draft = storedDraft(held);
		const issuedOn = days.issuedOn ?? (await todayOf(scope, businessId));
		const dueOn = days.dueOn ?? daysAfter(issuedOn, (await readSeller(scope, {})).daysToPay);
		const [issued] = await issueInvoices(scope, [
			{
				businessId,
				issuedOn,
				dueOn,
				currency: draft.currency,
				lines: draft.totals.lines,
				discounts: draft.totals.discounts,
				kind: draft.kind,
				...(held.corrects_invoice_id === null
					? {}
					: { correctsInvoiceId: held.corrects_invoice_id }),
				...(draft.customerReference === null ? {} : { customerReference: draft.customerReference })
			}
		]);
		if (!issued) throw new Error('What was asked for was issued.');
		await deleteDraft(scope, businessId, id);
		return issued;
	}
);

async function todayOf(scope: Scope, businessId: string): Promise<string> {
	const businesses = await listSomeBusinesses(scope, { businessIds: [businessId] });
	const business = businesses.get(businessId);
	if (!business) throw new NotFound('This business');
	return civilDate(scope.now, business.timeZone);
}

/** What is written of a draft. @throws Invalid where it could not be issued; NotFound */
async function columnsOf(
	scope: Scope,
	businessId: string,
	input: {
		currency: string;
		lines: WrittenLine[];
		discounts: WrittenDiscount[];
		kind: InvoiceKind;
		corrects?: string | undefined;
		customerReference?: string | undefined;
	}
) {
	const { currency, lines, discounts, kind, corrects, customerReference } = input;
	await todayOf(scope, businessId);
	reckonDraft(rated(input));
	await knowProducts(scope, lines);
	if ((kind === 'debit_note') !== (corrects !== undefined))
		throw new Invalid([
			{
				path: 'corrects',
				message: 'A debit note names the invoice that it corrects, and an invoice none.'
			}
		]);
	return {
		kind,
		corrects_invoice_id:
			corrects === undefined ? null : await findCorrected(scope, businessId, corrects),
		currency,
		customer_reference: customerReference ?? null,
		lines: JSON.stringify(lines),
		discounts: JSON.stringify(discounts)
	};
}

async function knowProducts(scope: Scope, lines: readonly WrittenLine[]): Promise<void> {
	const products = new Set((await listProducts(scope, {})).map(({ id }) => id));
	for (const [index, { productId }] of lines.entries())
		if (productId !== undefined && !products.has(productId))
			throw new Invalid([
				{ path: `lines.${index}.productId`, message: 'There is no such product.' }
			]);
}

async function findCorrected(scope: Scope, businessId: string, number: string): Promise<string> {
	const row = await scope.db
		.selectFrom('billing.invoices')
		.select('id')
		.where('business_id', '=', businessId)
		.where('number', '=', number)
		.where('kind', '=', 'invoice')
		.executeTakeFirst();
	if (!row) throw new NotFound(`Invoice ${number}`);
	return row.id;
}

function selectDrafts({ db }: Scope) {
	return db
		.selectFrom('billing.invoice_drafts as draft')
		.leftJoin('billing.invoices as corrected', (join) =>
			join
				.onRef('corrected.business_id', '=', 'draft.business_id')
				.onRef('corrected.id', '=', 'draft.corrects_invoice_id')
		)
		.select(['draft.business_id', 'draft.id', 'draft.kind', 'draft.currency', 'draft.lines'])
		.select(['draft.discounts', 'draft.customer_reference', 'draft.version', 'draft.made_by'])
		.select(['draft.changed_at', 'draft.corrects_invoice_id', 'corrected.number']);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectDrafts>['executeTakeFirstOrThrow']>>;

function rated(of: {
	currency: string;
	lines: readonly WrittenLine[];
	discounts: readonly WrittenDiscount[];
}) {
	return {
		lines: of.lines.map((line, index) => ratedLine(line, index, of.currency)),
		discounts: of.discounts.map((discount, index) => ratedDiscount(discount, index, of.currency))
	};
}

function storedDraft(row: Row): StoredDraft {
	const written = {
		currency: row.currency,
		lines: row.lines as unknown as WrittenLine[],
		discounts: row.discounts as unknown as WrittenDiscount[]
	};
	return {
		...written,
		businessId: row.business_id,
		id: row.id,
		kind: row.kind as InvoiceKind,
		corrects: row.number,
		customerReference: row.customer_reference,
		version: row.version,
		madeBy: row.made_by,
		changedAt: row.changed_at,
		totals: reckonDraft(rated(written))
	};
}

/** The draft, locked. @throws NotFound; Conflict `draft_changed` */
async function holdDraft(
	scope: Scope,
	businessId: string,
	id: string,
	version: number | undefined
): Promise<Row> {
	const row = await selectDrafts(scope)
		.where('draft.business_id', '=', businessId)
		.where('draft.id', '=', id)
		.forUpdate('draft')
		.executeTakeFirst();
	if (!row) throw new NotFound('This draft');
	if (version !== undefined && row.version !== version)
		throw new Conflict('draft_changed', 'Somebody has changed this draft meanwhile. Look again.');
	return row;
}

async function deleteDraft({ db }: Scope, businessId: string, id: string): Promise<void> {
	await db
		.deleteFrom('billing.invoice_drafts')
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.execute();
}

function nameOf(actor: Actor): string {
	if (actor.kind === 'system') return actor.job;
	return 'name' in actor ? actor.name : actor.slug;
}
