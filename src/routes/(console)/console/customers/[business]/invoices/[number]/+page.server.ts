import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { invoiceSheet, readInvoice } from '#server/modules/billing/index.ts';
import { newActId } from '#server/modules/desk/index.ts';
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
			act: newActId(scope),
			invoice,
			sheet: invoiceSheet(invoice, getLocale(), accounts),
			entries,
			done: url.searchParams.get('done')
		};
	}
);

const here = ({ params: { business, number } }: RequestEvent) =>
	`/console/customers/${business}/invoices/${encodeURIComponent(number)}`;

const endings = ['void', 'write_off'] as const;

export const actions: Actions = {
	credit: (event) =>
		ask(
			event,
			'credit_note',
			'giving back of an invoice of the customer',
			(data) => {
				const amount = textOf(data, 'amount').trim();
				return {
					kind: 'credit_note',
					number: event.params.number,
					reason: textOf(data, 'reason'),
					...(amount === '' ? {} : { amount })
				};
			},
			here(event)
		),
	/** Void or written off, which says somebody who has said besides that they are sure of it. */
	end: (event) =>
		ask(
			event,
			'end',
			'ending an invoice of the customer',
			(data) => ({
				kind: endings.find((each) => each === textOf(data, 'kind')) ?? '',
				number: event.params.number,
				reason: textOf(data, 'reason')
			}),
			here(event),
			(data) =>
				textOf(data, 'sure') === 'yes'
					? []
					: [{ path: 'sure', message: m.console_end_sure_missing() }]
		)
};
