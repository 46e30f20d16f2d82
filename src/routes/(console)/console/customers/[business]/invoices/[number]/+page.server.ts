import { civilDate } from '#lib/format/dates.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { invoiceSheet, readInvoice } from '#server/modules/billing/index.ts';
import { listEntries } from '#server/modules/ledger/index.ts';
import { listBankAccounts } from '#server/modules/payments/index.ts';
import { textOf } from '../../../../../../(portal)/parts/fields.ts';
import { customerPage } from '../../../../../frame.server.ts';
import { ask } from '../../../act.server.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent, RequestEvent } from './$types';

export const load: PageServerLoad = customerPage(
	'looking at an invoice of the customer',
	async (scope, { params, url }: PageServerLoadEvent, customer) => {
		const [invoice, accounts] = await Promise.all([
			readInvoice(scope, { number: params.number }),
			listBankAccounts(scope, {})
		]);
		const entries = await listEntries(scope, {
			document: { kind: 'invoice', id: invoice.id }
		});
		return {
			title: invoice.number,
			today: civilDate(scope.now, customer.timeZone),
			invoice,
			sheet: invoiceSheet(invoice, getLocale(), accounts),
			entries,
			done: url.searchParams.get('done')
		};
	}
);

/** What is done to an invoice says which, and why. */
const correct = (
	event: RequestEvent,
	kind: 'credit_note' | 'void' | 'write_off',
	reason: string
) => {
	const { business, number } = event.params;
	return ask(
		event,
		kind,
		reason,
		(data) => {
			const amount = textOf(data, 'amount').trim();
			return {
				kind,
				number,
				reason: textOf(data, 'reason'),
				...(kind !== 'credit_note' || amount === '' ? {} : { amount })
			};
		},
		`/console/customers/${business}/invoices/${encodeURIComponent(number)}`
	);
};

export const actions: Actions = {
	credit: (event) => correct(event, 'credit_note', 'giving back of an invoice of the customer'),
	void: (event) => correct(event, 'void', 'making an invoice void of the customer'),
	writeOff: (event) => correct(event, 'write_off', 'writing off an invoice of the customer')
};
