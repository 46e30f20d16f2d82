import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { invoiceSheet, readInvoice } from '#server/modules/billing/index.ts';
import { listOwnStandings } from '#server/modules/dunning/index.ts';
import { page } from '#server/web/page.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params }: PageServerLoadEvent) => {
	const [invoice, standings] = await Promise.all([
		readInvoice(scope, { number: params.number }),
		listOwnStandings(scope, {})
	]);
	return {
		title: m.billing_invoice_title({ number: invoice.number }),
		today: civilDate(scope.now, scope.actor.timeZone),
		invoice,
		sheet: invoiceSheet(invoice, getLocale()),
		standing: standings.find((each) => each.invoice.id === invoice.id) ?? null
	};
});
