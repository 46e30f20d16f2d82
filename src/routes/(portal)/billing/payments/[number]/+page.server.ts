import { m } from '#lib/paraglide/messages.js';
import { readReceipt } from '#server/modules/payments/index.ts';
import { page } from '#server/web/page.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params }: PageServerLoadEvent) => {
	const receipt = await readReceipt(scope, { number: params.number });
	return { title: m.payments_receipt_title({ number: receipt.number }), receipt };
});
