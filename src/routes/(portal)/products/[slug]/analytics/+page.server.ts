import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { readProduct } from '#server/modules/catalogue/index.ts';
import { page } from '#server/web/page.ts';
import { readProducts } from '../../../parts/products.server.ts';
import { readAnalytics } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }) => {
	const [product, { own, subscriptions }] = await Promise.all([
		readProduct(scope, { slug: params.slug }),
		readProducts(scope)
	]);
	const head = own.find(({ slug }) => slug === product.slug);
	const subscription = subscriptions.find((one) => one.product.id === product.id);
	if (!head || !subscription) error(404, m.products_analytics_not_yours(), { code: 'not_found' });
	return {
		title: m.products_analytics_title({ product: product.name }),
		view: await readAnalytics(scope, { product, head, subscription }, url.searchParams)
	};
});
