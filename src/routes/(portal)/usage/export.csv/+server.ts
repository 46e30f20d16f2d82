import { inBusiness } from '#server/web/page.ts';
import { toCsv } from '../csv.ts';
import { exportRows } from '../export.ts';
import { readUsagePage } from '../read.server.ts';
import type { RequestHandler } from './$types';

/** What the usage page shows under the same query. */
export const GET: RequestHandler = async (event) => {
	const view = await inBusiness(event, (scope) => readUsagePage(scope, event.url.searchParams));
	const { range, product } = view;
	const name = ['usage', product?.slug, range.from, range.to].filter(Boolean).join('-');
	return new Response(toCsv(exportRows(view)), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${name}.csv"`
		}
	});
};
