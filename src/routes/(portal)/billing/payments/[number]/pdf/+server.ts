import { printReceipt, readReceipt } from '#server/modules/payments/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { fileName } from '../../../invoices/file-names.ts';
import { languageOf } from '../../../invoices/language.server.ts';
import type { RequestHandler } from './$types';

/** `?language=sw` prints in another language than the reader's own. */
export const GET: RequestHandler = async (event) => {
	const receipt = await inBusiness(event, (scope) =>
		readReceipt(scope, { number: event.params.number })
	);
	// Behind the door's transaction, which printing should not hold open.
	const pdf = await printReceipt(receipt, await languageOf(event));
	return download(
		fileName(receipt.number),
		'pdf',
		(function* () {
			yield pdf;
		})()
	);
};
