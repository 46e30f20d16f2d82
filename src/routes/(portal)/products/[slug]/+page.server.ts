import { listPlans, readProduct } from '#server/modules/catalogue/index.ts';
import { page } from '#server/web/page.ts';
import { readProducts } from '../../parts/products.server.ts';
import { viewOffer } from '../offers.ts';
import { readOverview } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { params }) => {
	const [product, { own, subscriptions }, plans] = await Promise.all([
		readProduct(scope, { slug: params.slug }),
		readProducts(scope),
		listPlans(scope, {})
	]);
	const head = own.find(({ slug }) => slug === product.slug);
	const subscription = subscriptions.find((one) => one.product.id === product.id);
	const overview =
		head && subscription ? await readOverview(scope, product, subscription, head) : null;
	return {
		title: product.name,
		overview,
		// One that the business has no longer is offered again.
		offer: !overview || overview.product.status.kind === 'ended' ? viewOffer(product, plans) : null
	};
});
