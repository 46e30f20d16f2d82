import { redirect } from '@sveltejs/kit';
import { paperLanguages, printInvoice } from '#server/modules/billing/index.ts';
import { download } from '#server/web/download.ts';
import { readLinkedInvoice } from '#server/web/linked-invoice.ts';
import { fileName } from '../../../../(portal)/billing/invoices/file-names.ts';
import type { RequestHandler } from './$types';

/** `?language=sw` prints in Swahili. */
export const GET: RequestHandler = async (event) => {
	const linked = await readLinkedInvoice(event);
	// The page says why there is nothing to print.
	if (linked.state !== 'open') redirect(303, `/i/${event.params.token}`);
	const asked = event.url.searchParams.get('language');
	const language = paperLanguages.find((each) => each === asked) ?? 'en';
	const pdf = await printInvoice(linked.invoice, language, linked.accounts);
	return download(
		fileName(linked.invoice.number),
		'pdf',
		(function* () {
			yield pdf;
		})()
	);
};
