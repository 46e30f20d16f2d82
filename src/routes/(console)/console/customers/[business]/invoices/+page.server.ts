import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { invoiceStandings, selectInvoices } from '#server/modules/billing/index.ts';
import { customerPage } from '../../../../frame.server.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = customerPage(
	'looking at the invoices of the customer',
	async (scope, { url }: PageServerLoadEvent, customer) => {
		const today = civilDate(scope.now, customer.timeZone);
		const search = (url.searchParams.get('q') ?? '').trim().slice(0, 40);
		const standing = invoiceStandings.find((each) => each === url.searchParams.get('status'));
		const after = url.searchParams.get('after') ?? '';
		const isPlace = /^\d{1,18}\.\d{1,9}$/.test(after);
		const { invoices, next } = await selectInvoices(scope, {
			today,
			...(search ? { search } : {}),
			...(standing ? { standing } : {}),
			...(isPlace ? { after } : {})
		});
		const query = new URLSearchParams({
			...(search ? { q: search } : {}),
			...(standing ? { status: standing } : {})
		});
		const here = `/console/customers/${customer.id}/invoices?${query}`;
		return {
			title: m.billing_invoices(),
			today,
			search,
			standing: standing ?? null,
			invoices,
			further: next && `${here}&after=${next}`,
			first: isPlace ? here : null
		};
	}
);
