import { error } from '@sveltejs/kit';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { readInvoiceLine } from '#server/modules/billing/index.ts';
import { page } from '#server/web/page.ts';
import { readQuestion } from '../../../../line/question.ts';
import { readLine } from '../../../../line/read.server.ts';
import { billedMakeUp } from '../../../../line/billed.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const position = Number(params.position);
	if (!/^[1-9]\d{0,4}$/.test(params.position))
		error(404, 'This line does not exist.', { code: 'not_found' });
	const [line, business] = await Promise.all([
		readInvoiceLine(scope, { number: params.number, position }),
		readBusiness(scope, {})
	]);
	const { productId, meter, period } = line;
	const view =
		productId && meter && period
			? await readLine(
					scope,
					{ productId, meter, period },
					readQuestion(url.searchParams),
					business.currency
				)
			: null;
	return { title: line.description, line, view, made: billedMakeUp(line, view) };
});
