import { readInvoice } from '#server/modules/billing/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { fileName } from '../../file-names.ts';
import { linesCsv } from '../../sheets.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const invoice = await inBusiness(event, (scope) =>
		readInvoice(scope, { number: event.params.number })
	);
	return download(fileName(invoice.number), 'csv', linesCsv(invoice));
};
