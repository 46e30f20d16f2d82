import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { readStatements } from '#server/modules/ledger/index.ts';
import { readCredit } from '#server/modules/payments/index.ts';
import { page } from '#server/web/page.ts';
import { readRange } from './range.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const range = readRange(url.searchParams, civilDate(scope.now, scope.actor.timeZone));
	const { from, to } = range;
	const [statements, { name }, credit] = await Promise.all([
		readStatements(scope, { from, to }),
		readBusiness(scope, {}),
		readCredit(scope, {})
	]);
	return { title: m.billing_statement_title(), business: name, range, statements, credit };
});
