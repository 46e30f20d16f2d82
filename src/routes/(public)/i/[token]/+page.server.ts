import { m } from '#lib/paraglide/messages.js';
import { readLinkedInvoice } from '#server/web/linked-invoice.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const linked = await readLinkedInvoice(event);
	return {
		title:
			linked.state === 'open'
				? m.billing_invoice_title({ number: linked.invoice.number })
				: linked.state === 'expired'
					? m.link_expired_title()
					: m.link_void_title(),
		linked,
		here: `/i/${event.params.token}`
	};
};
