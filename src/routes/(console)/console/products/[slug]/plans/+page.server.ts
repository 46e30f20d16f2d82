import {
	listPlanVersions,
	listProductStates,
	readProductSetup,
	retirePlan
} from '#server/modules/catalogue/index.ts';
import { textOf } from '../../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../../frame.server.ts';
import { act, shown } from '../../act.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) =>
	consolePage(`looking at the plans of the product ${shown(event.params.slug)}`, async (scope) => {
		const { slug } = event.params;
		const [product, plans, states] = await Promise.all([
			readProductSetup(scope, { slug }),
			listPlanVersions(scope, { product: slug }),
			listProductStates(scope, {})
		]);
		return {
			title: product.name,
			here: `/console/products/${slug}/plans`,
			product,
			health: states.get(product.id)?.now?.state,
			plans,
			done: event.url.searchParams.get('done')
		};
	})(event);

export const actions: Actions = {
	retire: (event) =>
		act(
			event,
			'retire',
			`retiring a plan of the product ${shown(event.params.slug)}`,
			async (scope, data) => {
				const { slug } = event.params;
				await retirePlan(scope, { product: slug, plan: textOf(data, 'plan') });
				return { to: `/console/products/${encodeURIComponent(slug)}/plans?done=retire` };
			}
		)
};
