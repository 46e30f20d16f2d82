import { printInvoice, readInvoice } from '#server/modules/billing/index.ts';
import { listBankAccounts } from '#server/modules/payments/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { languageOf } from '../../language.server.ts';
import { fileName } from '../../file-names.ts';
import type { RequestHandler } from './$types';

/** `?language=sw` prints in another language than the reader's own. */
export const GET: RequestHandler = async (event) => {
	const [invoice, accounts] = await inBusiness(event, (scope) =>
		Promise.all([readInvoice(scope, { number: event.params.number }), listBankAccounts(scope, {})])
	);
	// Behind the door's transaction, which printing should not hold open.
	const pdf = await printInvoice(invoice, await languageOf(event), accounts);
	return download(
		fileName(invoice.number),
		'pdf',
		(function* () {
			yield pdf;
		})()
	);
};
