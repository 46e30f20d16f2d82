import { csvMark, csvRows } from '#lib/format/csv.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { exportRows } from '../export.ts';
import { readUsagePage } from '../read.server.ts';
import type { RequestHandler } from './$types';

/** What the usage page shows under the same query. */
export const GET: RequestHandler = async (event) => {
	const view = await inBusiness(event, (scope) => readUsagePage(scope, event.url.searchParams));
	const { range, product } = view;
	const name = ['usage', product?.slug, range.from, range.to].filter(Boolean).join('-');
	return download(name, 'csv', written(exportRows(view)));
};

function* written(rows: ReturnType<typeof exportRows>): Generator<string> {
	yield csvMark;
	for (const row of rows) yield csvRows([row]);
}
