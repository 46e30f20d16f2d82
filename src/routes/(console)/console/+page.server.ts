import { m } from '#lib/paraglide/messages.js';
import { listProductHolders } from '#server/modules/billing/index.ts';
import { countMembersOfAll, listBusinesses } from '#server/modules/businesses/index.ts';
import { listProducts } from '#server/modules/catalogue/index.ts';
import { consolePage } from '../frame.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = consolePage(
	'looking at the list of businesses',
	async (scope) => {
		const [businesses, members, products] = await Promise.all([
			listBusinesses(scope, {}),
			countMembersOfAll(scope, {}),
			listProducts(scope, {})
		]);
		const businessIds = businesses.map(({ id }) => id);
		const holders = await Promise.all(
			products.map(async (product) => ({
				product,
				holders: new Set(await listProductHolders(scope, { productId: product.id, businessIds }))
			}))
		);
		return {
			title: m.console_businesses(),
			businesses: businesses.map((business) => ({
				...business,
				members: members.find(({ businessId }) => businessId === business.id)?.count ?? 0,
				products: holders
					.filter((one) => one.holders.has(business.id))
					.map(({ product }) => ({ slug: product.slug, name: product.name, mark: product.mark }))
			}))
		};
	}
);
