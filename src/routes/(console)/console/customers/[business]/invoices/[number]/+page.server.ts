import { civilDate } from '#lib/format/dates.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { invoiceSheet, readInvoice } from '#server/modules/billing/index.ts';
import { listEntries } from '#server/modules/ledger/index.ts';
import { customerPage } from '../../../../../frame.server.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = customerPage(
	'looking at an invoice of the customer',
	async (scope, { params }: PageServerLoadEvent, customer) => {
		const invoice = await readInvoice(scope, { number: params.number });
		const entries = await listEntries(scope, {
			document: { kind: 'invoice', id: invoice.id }
		});
		return {
			title: invoice.number,
			today: civilDate(scope.now, customer.timeZone),
			invoice,
			sheet: invoiceSheet(invoice, getLocale()),
			entries
		};
	}
);
