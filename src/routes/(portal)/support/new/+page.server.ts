import { m } from '#lib/paraglide/messages.js';
import { listSubscriptions } from '#server/modules/billing/index.ts';
import { openTicket, readUsualFirstReply } from '#server/modules/support/index.ts';
import { form, page } from '#server/web/page.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const [subscriptions, firstReply] = await Promise.all([
		listSubscriptions(scope, {}),
		readUsualFirstReply(scope, {})
	]);
	return {
		title: m.support_open(),
		products: subscriptions.map(({ product }) => ({ slug: product.slug, name: product.name })),
		firstReply,
		// Other pages begin a ticket for the reader: about this invoice, about that product.
		subject: url.searchParams.get('subject')?.slice(0, 200) ?? '',
		product: url.searchParams.get('product') ?? '',
		message: url.searchParams.get('message')?.slice(0, 2000) ?? ''
	};
});

export const actions: Actions = {
	default: form(openTicket, {
		input: ({ subject, product, body }) => ({ subject, body, ...(product ? { product } : {}) }),
		// Leads on, so that loading the page again sends nothing again.
		done: ({ number }) => ({ to: `/support/${number}?done=opened` })
	})
};
