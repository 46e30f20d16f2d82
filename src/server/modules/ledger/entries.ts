import * as v from 'valibot';
import { idPattern } from '../../platform/ids.ts';
import { PageSize } from '../../platform/cursor.ts';
import { confinedTo, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import type { TaxClass } from '../rating/index.ts';
import { accounts, type DocumentKind, type EntryKind } from './accounts.ts';
import { Document, type Posting } from './post.ts';

export interface Entry {
	id: string;
	at: Date;
	/** The day of the document. */
	onDay: string;
	kind: EntryKind;
	document: { kind: DocumentKind; id: string; reference: string };
	currency: string;
	postings: Posting[];
}

const ofBusiness = { businessId: v.optional(BusinessId) };

/**
 * The entries of a document in the order in which they were written; of an invoice also those of whatever
 * changed what is owed for it, such as payments.
 */
export const listEntries = usecase(
	'ledger.read',
	v.object({ ...ofBusiness, document: Document }),
	async (scope, { businessId, document }): Promise<Entry[]> => {
		const business = businessFor(scope, businessId);
		const rows = await selectEntries(scope, business)
			.where((eb) => {
				const own = eb.and([
					eb('e.document_kind', '=', document.kind),
					eb('e.document_id', '=', document.id)
				]);
				if (document.kind !== 'invoice') return own;
				return eb.or([
					own,
					eb(
						'e.id',
						'in',
						eb
							.selectFrom('ledger.postings')
							.select('entry_id')
							.where('business_id', '=', business)
							.where('invoice_id', '=', document.id)
					)
				]);
			})
			.orderBy('e.id')
			.execute();
		return withPostings(scope, business, rows);
	}
);

/** The entries of an account, the last written first. `next` continues behind the last, null at the end. */
export const listAccountEntries = usecase(
	'ledger.read',
	v.object({
		...ofBusiness,
		account: v.picklist(accounts),
		limit: v.optional(PageSize, 50),
		/** `next` of the page before. */
		before: v.optional(v.pipe(v.string(), v.regex(idPattern('ent'))))
	}),
	async (
		scope,
		{ businessId, account, limit, before }
	): Promise<{ entries: Entry[]; next: string | null }> => {
		const business = businessFor(scope, businessId);
		const rows = await selectEntries(scope, business)
			.where((eb) =>
				eb.exists(
					eb
						.selectFrom('ledger.postings as p')
						.select('p.position')
						.whereRef('p.business_id', '=', 'e.business_id')
						.whereRef('p.entry_id', '=', 'e.id')
						.where('p.account', '=', account)
				)
			)
			.$if(before !== undefined, (query) => query.where('e.id', '<', before ?? ''))
			.orderBy('e.id', 'desc')
			.limit(limit + 1)
			.execute();
		const page = rows.slice(0, limit);
		return {
			entries: await withPostings(scope, business, page),
			next: rows.length > limit ? (page.at(-1)?.id ?? null) : null
		};
	}
);

/** The door's own business, or the one that is named in a door that sees all. */
function businessFor(scope: Scope, named: string | undefined): string {
	const business = confinedTo(scope) ?? named;
	if (business === undefined) throw new Error('Name the business whose entries are meant.');
	return business;
}

function selectEntries({ db }: Scope, businessId: string) {
	return db
		.selectFrom('ledger.entries as e')
		.select(['e.id', 'e.at', 'e.on_day', 'e.kind', 'e.currency'])
		.select(['e.document_kind', 'e.document_id', 'e.reference'])
		.where('e.business_id', '=', businessId);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectEntries>['execute']>>[number];

async function withPostings({ db }: Scope, businessId: string, rows: Row[]): Promise<Entry[]> {
	if (rows.length === 0) return [];
	const postings = await db
		.selectFrom('ledger.postings')
		.select(['entry_id', 'account', 'amount_minor', 'invoice_id', 'tax_rate', 'tax_class'])
		.where('business_id', '=', businessId)
		.where(
			'entry_id',
			'in',
			rows.map(({ id }) => id)
		)
		.orderBy('entry_id')
		.orderBy('position')
		.execute();
	return rows.map((row) => ({
		id: row.id,
		at: row.at,
		onDay: row.on_day,
		kind: row.kind as EntryKind,
		document: {
			kind: row.document_kind as DocumentKind,
			id: row.document_id,
			reference: row.reference
		},
		currency: row.currency,
		postings: postings
			.filter(({ entry_id }) => entry_id === row.id)
			.map(({ account, amount_minor, invoice_id, tax_rate, tax_class }) => ({
				account: account as Posting['account'],
				amountMinor: amount_minor,
				...(invoice_id === null ? {} : { invoiceId: invoice_id }),
				...(tax_rate === null ? {} : { taxRate: tax_rate }),
				...(tax_class === null ? {} : { taxClass: tax_class as TaxClass })
			}))
	}));
}
