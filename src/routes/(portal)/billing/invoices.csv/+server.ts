import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { allInvoices, readChoices } from '../invoices/read.server.ts';
import { invoicesCsv } from '../invoices/sheets.ts';
import type { RequestHandler } from './$types';

/** What the page lists under the same query, to its end. */
export const GET: RequestHandler = async (event) => {
	const choices = await inBusiness(event, (scope) => readChoices(scope, event.url.searchParams));
	const pieces = allInvoices((work) => inBusiness(event, work), choices);
	return download('invoices', 'csv', invoicesCsv(pieces));
};
