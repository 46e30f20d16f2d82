import { sql } from 'kysely';
import * as v from 'valibot';
import { isDayPlace, PageSize } from '../../platform/cursor.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { InvoiceNumber } from './schemas.ts';

export interface CreditNoteSummary {
	id: string;
	number: string;
	invoiceNumber: string;
	issuedOn: string;
	reason: string;
	currency: string;
	totalMinor: bigint;
	/** What of it the invoice still asked for; the rest became the customer's credit. */
	settledMinor: bigint;
}

/** The day of issue and the id of a row: `2026-11-10.crn_…`. */
const Place = v.pipe(
	v.string(),
	v.check((text) => isDayPlace(text, /^crn_[0-9a-z]{26}$/), 'This is not where a page left off.')
);

/** The credit notes of the scope's business, or of one of its invoices, the newest first. */
export const listCreditNotes = usecase(
	'billing.read',
	v.object({
		/** Of this invoice alone. */
		invoice: v.optional(InvoiceNumber),
		limit: v.optional(PageSize, 50),
		/** `next` of the page before. */
		after: v.optional(Place)
	}),
	async (
		scope,
		{ invoice, limit, after }
	): Promise<{ notes: CreditNoteSummary[]; next: string | null }> => {
		const [day, id] = after?.split('.') ?? [];
		const rows = await scope.db
			.selectFrom('billing.credit_notes as note')
			.innerJoin('billing.invoices as invoice', (join) =>
				join
					.onRef('invoice.business_id', '=', 'note.business_id')
					.onRef('invoice.id', '=', 'note.invoice_id')
			)
			.select(['note.id', 'note.number', 'invoice.number as invoiceNumber', 'note.reason'])
			.select(['note.issued_on as issuedOn', 'note.currency', 'note.total_minor as totalMinor'])
			.select('note.settled_minor as settledMinor')
			.where('note.business_id', '=', businessOf(scope))
			.$if(invoice !== undefined, (query) => query.where('invoice.number', '=', invoice ?? ''))
			.$if(day !== undefined, (query) =>
				query.where(sql<boolean>`(note.issued_on, note.id) < (${day}, ${id})`)
			)
			.orderBy('note.issued_on', 'desc')
			.orderBy('note.id', 'desc')
			.limit(limit + 1)
			.execute();
		const notes = rows.slice(0, limit);
		const last = notes.at(-1);
		return { notes, next: rows.length > limit && last ? `${last.issuedOn}.${last.id}` : null };
	}
);
