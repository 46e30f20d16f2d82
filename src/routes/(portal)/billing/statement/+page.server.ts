import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { readStatementParties } from '#server/modules/billing/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { readStatements } from '#server/modules/ledger/index.ts';
import { readCredit } from '#server/modules/payments/index.ts';
import { page } from '#server/web/page.ts';
import { readPage, readRange, rowsAPage } from './range.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const range = readRange(url.searchParams, civilDate(scope.now, scope.actor.timeZone));
	const { from, to } = range;
	const place = readPage(url.searchParams);
	const [statements, { name }, credit] = await Promise.all([
		readStatements(scope, { from, to, paged: { page: place, size: rowsAPage } }),
		readBusiness(scope, {}),
		readCredit(scope, {})
	]);
	return {
		title: m.billing_statement_title(),
		business: name,
		range,
		page: place,
		statements,
		credit,
		// Where nothing was ever charged nobody has to have said who charges.
		seller: statements.length > 0 ? (await readStatementParties(scope, { on: to })).seller : null
	};
});
