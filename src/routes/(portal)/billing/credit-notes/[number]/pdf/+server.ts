import { printCreditNote, readCreditNote } from '#server/modules/billing/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { fileName } from '../../../invoices/file-names.ts';
import { languageOf } from '../../../invoices/language.server.ts';
import type { RequestHandler } from './$types';

/** `?language=sw` prints in another language than the reader's own. */
export const GET: RequestHandler = async (event) => {
	const note = await inBusiness(event, (scope) =>
		readCreditNote(scope, { number: event.params.number })
	);
	// Behind the door's transaction, which printing should not hold open.
	const pdf = await printCreditNote(note, await languageOf(event));
	return download(
		fileName(note.number),
		'pdf',
		(function* () {
			yield pdf;
		})()
	);
};
