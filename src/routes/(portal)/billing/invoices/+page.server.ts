import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { listInvoices } from '#server/modules/billing/index.ts';
import { page } from '#server/web/page.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const before = /^\d{1,9}$/.exec(url.searchParams.get('before') ?? '')?.[0];
	const { invoices, next } = await listInvoices(scope, before ? { before: Number(before) } : {});
	return {
		title: m.billing_invoices(),
		today: civilDate(scope.now, scope.actor.timeZone),
		invoices,
		older: next === null ? null : `?before=${next}`,
		newest: before ? '/billing/invoices' : null
	};
});
