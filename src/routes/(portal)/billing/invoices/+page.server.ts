import { m } from '#lib/paraglide/messages.js';
import { isInvoicePlace } from '#server/modules/billing/index.ts';
import { page } from '#server/web/page.ts';
import { readChoices, readList } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const choices = await readChoices(scope, url.searchParams);
	const place = url.searchParams.get('after') ?? '';
	// Whatever has not the form of a place begins the list anew, instead of failing the page.
	const after = isInvoicePlace(place) ? place : null;
	return {
		title: m.billing_invoices(),
		...choices,
		first: after === null,
		...(await readList(scope, choices, after))
	};
});
