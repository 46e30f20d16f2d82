import { error } from '@sveltejs/kit';
import { inBusiness } from '#server/web/page.ts';
import { downloadEvents } from '../../../../line/events-csv.server.ts';
import { readRunning } from '../../../../line/running.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const { product, meter } = event.params;
	const running = await inBusiness(event, (scope) =>
		readRunning(scope, { product, meter, period: event.url.searchParams.get('period') })
	);
	if (!running) error(404, 'Your business has no such figure on its bills.', { code: 'not_found' });
	return downloadEvents(event, `${product}-${meter}-${running.of.period.start}`, running.of);
};
