import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { invoiceSheet, listCreditNotes, readInvoice } from '#server/modules/billing/index.ts';
import { listOwnStandings } from '#server/modules/dunning/index.ts';
import { listBankAccounts, taxableOf } from '#server/modules/payments/index.ts';
import { page } from '#server/web/page.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params }: PageServerLoadEvent) => {
	const [invoice, { notes }, standings, accounts] = await Promise.all([
		readInvoice(scope, { number: params.number }),
		listCreditNotes(scope, { invoice: params.number }),
		listOwnStandings(scope, {}),
		listBankAccounts(scope, {})
	]);
	return {
		title: m.billing_invoice_title({ number: invoice.number }),
		today: civilDate(scope.now, scope.actor.timeZone),
		invoice,
		// Of the others it says what they settled.
		notes: notes.filter(({ settledMinor }) => settledMinor === 0n),
		accounts,
		// Kenya's withholding VAT is of what is taxed in Kenya.
		withheld: invoice.currency === 'KES' && taxableOf(invoice) > 0n && invoice.status !== 'void',
		sheet: invoiceSheet(invoice, getLocale(), accounts),
		standing: standings.find((each) => each.invoice.id === invoice.id) ?? null
	};
});
