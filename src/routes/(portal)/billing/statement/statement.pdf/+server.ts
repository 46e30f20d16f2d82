import { civilDate } from '#lib/format/dates.ts';
import { printStatement, readStatementParties } from '#server/modules/billing/index.ts';
import { readStatements } from '#server/modules/ledger/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { languageOf } from '../../invoices/language.server.ts';
import { readRange } from '../range.ts';
import type { RequestHandler } from './$types';

/** What the page shows under the same query, on all its pages. `?language=sw` prints in another language. */
export const GET: RequestHandler = async (event) => {
	const paper = await inBusiness(event, async (scope) => {
		const today = civilDate(scope.now, scope.actor.timeZone);
		const { from, to } = readRange(event.url.searchParams, today);
		const [statements, parties] = await Promise.all([
			readStatements(scope, { from, to }),
			readStatementParties(scope, { on: to })
		]);
		return { from, to, statements, ...parties };
	});
	// Behind the door's transaction, which printing should not hold open.
	const pdf = await printStatement(paper, await languageOf(event));
	return download(
		`statement-${paper.from}-${paper.to}`,
		'pdf',
		(function* () {
			yield pdf;
		})()
	);
};
