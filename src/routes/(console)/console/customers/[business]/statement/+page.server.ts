import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { readStatements } from '#server/modules/ledger/index.ts';
import { readRange } from '../../../../../(portal)/billing/statement/range.ts';
import { customerPage } from '../../../../frame.server.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = customerPage(
	'looking at the account of the customer',
	async (scope, { url }: PageServerLoadEvent, customer) => {
		const range = readRange(url.searchParams, civilDate(scope.now, customer.timeZone));
		const statements = await readStatements(scope, { from: range.from, to: range.to });
		return { title: m.billing_statement(), range, statements };
	}
);
