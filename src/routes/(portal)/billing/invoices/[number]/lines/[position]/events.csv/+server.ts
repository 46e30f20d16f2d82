import { error } from '@sveltejs/kit';
import { readInvoiceLine } from '#server/modules/billing/index.ts';
import { inBusiness } from '#server/web/page.ts';
import { downloadEvents } from '../../../../../line/events-csv.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const { number, position } = event.params;
	if (!/^[1-9]\d{0,4}$/.test(position))
		error(404, 'This line does not exist.', { code: 'not_found' });
	const { productId, meter, period, invoice } = await inBusiness(event, (scope) =>
		readInvoiceLine(scope, { number, position: Number(position) })
	);
	if (!productId || !meter || !period)
		error(404, 'This line counts no events.', { code: 'not_found' });
	return downloadEvents(event, `${invoice.number}-${position}-${meter}`, {
		productId,
		meter,
		period
	});
};
