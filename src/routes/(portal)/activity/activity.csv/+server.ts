import { listActivity } from '#server/modules/activity/index.ts';
import { writeLog } from '#server/web/activity-log.ts';
import { download } from '#server/web/download.ts';
import { inBusiness, requireMember } from '#server/web/page.ts';
import { toInput } from '../filters.ts';
import { readChoices } from '../read.server.ts';
import type { RequestHandler } from './$types';

/** What the page shows under the same query, to its end. */
export const GET: RequestHandler = async (event) => {
	const { timeZone } = (await requireMember(event)).member;
	const { filters } = await inBusiness(event, (scope) =>
		readChoices(scope, event.url.searchParams)
	);
	const input = toInput(filters, timeZone);
	const name = ['activity', filters.product, filters.from, filters.to].filter(Boolean).join('-');
	const pieces = writeLog(
		(place) => inBusiness(event, (scope) => listActivity(scope, { ...input, ...place })),
		timeZone
	);
	return download(name, 'csv', pieces);
};
