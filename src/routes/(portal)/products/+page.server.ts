import { m } from '#lib/paraglide/messages.js';
import { listPlans } from '#server/modules/catalogue/index.ts';
import { page } from '#server/web/page.ts';
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
		own,
		offers: others.map((product) => viewOffer(product, plans))
	};
});
