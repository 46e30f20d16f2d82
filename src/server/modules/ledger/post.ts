import * as v from 'valibot';
import { Conflict, violatedConstraint } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { CivilDate, Currency } from '../../platform/schemas.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { accounts, documentKinds, entryKinds, type Account } from './accounts.ts';

/** The greatest amount that is reckoned with: fifteen digits of minor units. */
export const greatestMinor = 999_999_999_999_999n;

export interface Posting {
	account: Account;
	/** Minor units; a debit is more than nothing, a credit less. */
	amountMinor: bigint;
	/** On `receivable`, and only there: the invoice that it is owed for. */
	invoiceId?: string;
	/** On `revenue` and `tax`, and only there: per cent, an exact decimal. */
	taxRate?: string;
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
		taxRate: v.optional(v.pipe(v.string(), v.regex(/^\d{1,3}(\.\d{1,12})?$/)))
	}),
	v.check(
		({ account, invoiceId }) => (account === 'receivable') === (invoiceId !== undefined),
		'What is owed names its invoice, and nothing else does.'
	),
	v.check(
		({ account, taxRate }) =>
			(account === 'revenue' || account === 'tax') === (taxRate !== undefined),
		'Revenue and tax name their rate, and nothing else does.'
	)
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
export const post = usecase('ledger.post', Entry, async ({ db, now }, entry) => {
	const { businessId, document } = entry;
	const id = newId('ent', now);
	try {
		await Promise.all([
			db
				.insertInto('ledger.entries')
				.values({
					business_id: businessId,
					id,
					at: now,
					on_day: entry.onDay,
					kind: entry.kind,
					document_kind: document.kind,
					document_id: document.id,
					reference: document.reference,
					currency: entry.currency
				})
				.execute(),
			db
				.insertInto('ledger.postings')
				.values(
					entry.postings.map((posting, index) => ({
						business_id: businessId,
						entry_id: id,
						position: index + 1,
						account: posting.account,
						amount_minor: posting.amountMinor,
						invoice_id: posting.invoiceId ?? null,
						tax_rate: posting.taxRate ?? null
					}))
				)
				.execute()
		]);
	} catch (error) {
		if (violatedConstraint(error) === 'entries_document')
			throw new Conflict('posted_already', `${document.reference} was posted already.`);
		throw error;
	}
	return { id };
});
