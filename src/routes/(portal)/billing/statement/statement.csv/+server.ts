import { civilDate } from '#lib/format/dates.ts';
import { readStatements } from '#server/modules/ledger/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { readRange } from '../range.ts';
import { statementCsv } from '../sheet.ts';
import type { RequestHandler } from './$types';

/** What the page shows under the same query. */
export const GET: RequestHandler = async (event) => {
	const { range, statements } = await inBusiness(event, async (scope) => {
		const today = civilDate(scope.now, scope.actor.timeZone);
		const range = readRange(event.url.searchParams, today);
		const { from, to } = range;
		return { range, statements: await readStatements(scope, { from, to }) };
	});
	const name = `statement-${range.from}-${range.to}`;
	return download(name, 'csv', statementCsv(statements, range));
};
