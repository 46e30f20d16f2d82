import { error } from '@sveltejs/kit';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { page } from '#server/web/page.ts';
import { readQuestion } from '../../../line/question.ts';
import { readLine } from '../../../line/read.server.ts';
import { readRunning } from '../../../line/running.server.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const [running, business] = await Promise.all([
		readRunning(scope, { ...params, period: url.searchParams.get('period') }),
		readBusiness(scope, {})
	]);
	const view =
		running &&
		(await readLine(scope, running.of, readQuestion(url.searchParams), business.currency));
	if (!running || !view)
		error(404, 'Your business has no such figure on its bills.', { code: 'not_found' });
	return { title: running.label, view, running: running.view(view) };
});
