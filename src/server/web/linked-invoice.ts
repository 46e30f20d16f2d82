import { error, type RequestEvent } from '@sveltejs/kit';
import { onlyDrawn } from '#lib/drawn.ts';
import { civilDate } from '#lib/format/dates.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import {
	invoiceSheet,
	readInvoice,
	type DocumentSheet,
	type Invoice
} from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { openInvoiceLink, readStanding, type Standing } from '#server/modules/dunning/index.ts';
import { listBankAccounts, type BankAccount } from '#server/modules/payments/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { limit } from '#server/platform/limits.ts';
import { toErrorPage } from './failures.ts';

/** What whoever holds a link sees: that one invoice, and what is needed to pay it. */
export type Linked =
	| {
			state: 'open';
			businessId: string;
			invoice: Invoice;
			/** What stands on it. */
			sheet: DocumentSheet;
			/** Null when nothing is left to pay. */
			standing: Standing | null;
			accounts: BankAccount[];
			/** In the zone of the business. */
			today: string;
	  }
	| { state: 'expired' | 'void' };

/** Looks at links that one address may take, so that nobody tries many, or has many PDFs printed. */
const looks = limit('invoice-link', 120, 600);

/**
 * The invoice that the address's token opens. No session is asked for and none is begun; nothing besides this
 * invoice is read.
 */
export async function readLinkedInvoice(
	event: Pick<RequestEvent, 'getClientAddress' | 'setHeaders'> & { params: { token: string } }
): Promise<Linked> {
	try {
		await looks.take(event.getClientAddress());
		const linked = await withSystem('web.linked-invoice', async (scope): Promise<Linked | null> => {
			const link = await openInvoiceLink(scope, event.params.token);
			if (link.state === 'unknown') return null;
			if (link.state !== 'open') return link;
			const { businessId, number } = link;
			const [invoice, { timeZone }, accounts] = await Promise.all([
				readInvoice(scope, { businessId, number }),
				readBusiness(scope, { businessId }),
				listBankAccounts(scope, {})
			]);
			return onlyDrawn({
				state: 'open' as const,
				businessId,
				invoice,
				sheet: invoiceSheet(invoice, getLocale(), accounts),
				standing: await readStanding(scope, { businessId, invoiceId: invoice.id }),
				accounts: accounts.filter(
					({ currency }) => currency === null || currency === invoice.currency
				),
				today: civilDate(scope.now, timeZone)
			});
		});
		if (linked) return linked;
	} catch (failure) {
		return toErrorPage(failure);
	}
	// Beside the others that were never made here: nothing says whether there is such an invoice.
	error(404, 'This link does not work. Copy it whole from the letter, or sign in.', {
		code: 'link_unknown'
	});
}
