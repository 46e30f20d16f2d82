import { m } from '#lib/paraglide/messages.js';
import { listPlans } from '#server/modules/catalogue/index.ts';
import { mayDo, page } from '#server/web/page.ts';
import { withKeys } from '../parts/doorway.ts';
import { readProducts } from '../parts/products.server.ts';
import { viewOffer } from './offers.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope) => {
	const [{ own, others }, plans] = await Promise.all([readProducts(scope), listPlans(scope, {})]);
	return {
		title: m.products_title(),
		now: scope.now,
		zone: scope.actor.timeZone,
		vendor: m.activity_vendor(),
		own: withKeys(own, scope.now, scope.actor.timeZone),
		offers: others.map((product) =>
			viewOffer(product, plans, { had: false, mayTry: mayDo(scope.actor, 'trial.start') })
		)
	};
});
