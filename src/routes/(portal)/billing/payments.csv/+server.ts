import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { readFilters } from '../payments/filters.ts';
import { allPayments, readPayments } from '../payments/read.server.ts';
import { paymentsCsv } from '../payments/sheet.ts';
import type { RequestHandler } from './$types';

/** What the page lists under the same query, to its end. */
export const GET: RequestHandler = async (event) => {
	const filters = readFilters(event.url.searchParams);
	// Refused before anything goes out to those who do not see money.
	await inBusiness(event, (scope) => readPayments(scope, filters, null));
	const pieces = allPayments((work) => inBusiness(event, work), filters);
	return download('payments', 'csv', paymentsCsv(pieces));
};
