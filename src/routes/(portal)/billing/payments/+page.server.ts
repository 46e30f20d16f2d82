import { m } from '#lib/paraglide/messages.js';
import { isPaymentPlace } from '#server/modules/payments/index.ts';
import { page } from '#server/web/page.ts';
import { readFilters } from './filters.ts';
import { readPayments } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const filters = readFilters(url.searchParams);
	const place = url.searchParams.get('after') ?? '';
	// Whatever has not the form of a place begins the list anew, instead of failing the page.
	const after = isPaymentPlace(place) ? place : null;
	return {
		title: m.payments_title(),
		filters,
		first: after === null,
		...(await readPayments(scope, filters, after))
	};
});
