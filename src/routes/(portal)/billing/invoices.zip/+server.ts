import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { printInvoice, readInvoice } from '#server/modules/billing/index.ts';
import { listBankAccounts } from '#server/modules/payments/index.ts';
import { downloadAll } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { fileName } from '../invoices/file-names.ts';
import { languageOf } from '../invoices/language.server.ts';
import { allInvoices, readChoices } from '../invoices/read.server.ts';
import type { RequestHandler } from './$types';

/** An archive without extensions of its format counts its files in two bytes; what people open has far fewer. */
const most = 10_000;

/** A PDF of each invoice that the page lists under the same query. */
export const GET: RequestHandler = async (event) => {
	const [choices, accounts] = await inBusiness(event, (scope) =>
		Promise.all([readChoices(scope, event.url.searchParams), listBankAccounts(scope, {})])
	);
	const count = choices.sums.reduce((sum, { count }) => sum + count, 0);
	if (count > most) error(413, m.billing_zip_too_many({ most: most.toLocaleString('en') }));
	const language = await languageOf(event);

	async function* files() {
		for await (const invoices of allInvoices((work) => inBusiness(event, work), choices))
			for (const { number } of invoices) {
				const invoice = await inBusiness(event, (scope) => readInvoice(scope, { number }));
				yield {
					name: `${fileName(number)}.pdf`,
					bytes: await printInvoice(invoice, language, accounts),
					at: invoice.issuedAt
				};
			}
	}
	return downloadAll('invoices', files());
};
