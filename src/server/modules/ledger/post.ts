import * as v from 'valibot';
import { Conflict, violatedConstraint } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { insertAll } from '../../platform/insert-all.ts';
import { CivilDate, Currency } from '../../platform/schemas.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { taxClasses, type TaxClass } from '../rating/index.ts';
import { accounts, documentKinds, entryKinds, type Account } from './accounts.ts';

/** The greatest amount that is reckoned with: fifteen digits of minor units. */
export const greatestMinor = 999_999_999_999_999n;

export interface Posting {
	account: Account;
	/** Minor units; a debit is more than nothing, a credit less. */
	amountMinor: bigint;
	/** On `receivable`, and only there: the invoice that it is owed for. */
	invoiceId?: string;
	/** On `revenue` and `tax`, and only there: per cent, an exact decimal, and what the rate is of. */
	taxRate?: string;
	taxClass?: TaxClass;
}

const Posting = v.pipe(
	v.object({
		account: v.picklist(accounts),
		amountMinor: v.pipe(
			v.bigint(),
			v.minValue(-greatestMinor, 'An amount has at most 15 digits.'),
			v.maxValue(greatestMinor, 'An amount has at most 15 digits.')
		),
		invoiceId: v.optional(v.string()),
		taxRate: v.optional(v.pipe(v.string(), v.regex(/^\d{1,3}(\.\d{1,12})?$/))),
		taxClass: v.optional(v.picklist(taxClasses))
	}),
	v.check(
		({ account, invoiceId }) => (account === 'receivable') === (invoiceId !== undefined),
		'What is owed names its invoice, and nothing else does.'
	),
	v.check(({ account, taxRate, taxClass }) => {
		const taxed = account === 'revenue' || account === 'tax';
		return taxed === (taxRate !== undefined) && taxed === (taxClass !== undefined);
	}, 'Revenue and tax name their class and rate, and nothing else does.')
);

export const Document = v.object({
	kind: v.picklist(documentKinds),
	id: v.pipe(v.string(), v.nonEmpty())
});

const Entry = v.object({
	businessId: BusinessId,
	/** The day of the document. */
	onDay: CivilDate,
	kind: v.picklist(entryKinds),
	document: v.object({
		...Document.entries,
		/** What is printed on it: an invoice's number, what the bank calls a payment. */
		reference: v.pipe(v.string(), v.nonEmpty())
	}),
	currency: Currency,
	postings: v.pipe(
		v.array(Posting),
		// A tax of nothing moves nothing.
		v.transform((postings) => postings.filter(({ amountMinor }) => amountMinor !== 0n)),
		v.minLength(2, 'An entry has at least two sides.'),
		v.check(
			(postings) => postings.reduce((sum, { amountMinor }) => sum + amountMinor, 0n) === 0n,
			'The sides of an entry come to nothing together.'
		)
	)
});

/**
 * Writes an entry, in the transaction of what happened to its document.
 * @throws Conflict `posted_already`; Invalid for one that does not balance or goes beyond 15 digits
 */
export const post = usecase('ledger.post', Entry, async (scope, entry) => {
	const [id = ''] = await write(scope, [entry]);
	return { id };
});

export type NewEntry = v.InferInput<typeof Entry>;

/**
 * Writes many entries at once, in the transaction of what happened to their documents.
 * @throws as `post`
 */
export const postAll = usecase('ledger.post', v.array(Entry), async (scope, entries) => {
	await write(scope, entries);
});

async function write(
	{ db, now }: Scope,
	entries: readonly v.InferOutput<typeof Entry>[]
): Promise<string[]> {
	const ids = entries.map(() => newId('ent', now));
	try {
		await insertAll(
			db,
			'ledger.entries',
			{
				business_id: 'text',
				id: 'text',
				at: 'timestamptz',
				on_day: 'date',
				kind: 'text',
				document_kind: 'text',
				document_id: 'text',
				reference: 'text',
				currency: 'text'
			},
			entries.map(({ businessId, onDay, kind, document, currency }, index) => ({
				business_id: businessId,
				id: ids[index],
				at: now,
				on_day: onDay,
				kind,
				document_kind: document.kind,
				document_id: document.id,
				reference: document.reference,
				currency
			}))
		);
		await insertAll(
			db,
			'ledger.postings',
			{
				business_id: 'text',
				entry_id: 'text',
				position: 'integer',
				account: 'text',
				amount_minor: 'bigint',
				invoice_id: 'text',
				tax_rate: 'numeric',
				tax_class: 'text'
			},
			entries.flatMap(({ businessId, postings }, index) =>
				postings.map((posting, place) => ({
					business_id: businessId,
					entry_id: ids[index],
					position: place + 1,
					account: posting.account,
					amount_minor: posting.amountMinor,
					invoice_id: posting.invoiceId,
					tax_rate: posting.taxRate,
					tax_class: posting.taxClass
				}))
			)
		);
	} catch (error) {
		if (violatedConstraint(error) !== 'entries_document') throw error;
		throw new Conflict(
			'posted_already',
			`${entries
				.map(({ document }) => document.reference)
				.join(', ')
				.slice(0, 200)} was posted already.`
		);
	}
	return ids;
}
