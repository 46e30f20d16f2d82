import { m } from '#lib/paraglide/messages.js';
import { listProductHolders } from '#server/modules/billing/index.ts';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import {
	listProducts,
	listProductStates,
	readProductSetup
} from '#server/modules/catalogue/index.ts';
import { readWebhookState } from '#server/modules/webhooks/index.ts';
import { consolePage } from '../../frame.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = consolePage(
	'looking at the list of products',
	async (scope) => {
		const [products, states, businesses] = await Promise.all([
			listProducts(scope, {}),
			listProductStates(scope, {}),
			listBusinesses(scope, {})
		]);
		const businessIds = businesses.map(({ id }) => id);
		return {
			title: m.console_products(),
			products: await Promise.all(
				products.map(async ({ id, slug, name, mark }) => {
					const [holders, setup, webhooks] = await Promise.all([
						listProductHolders(scope, { productId: id, businessIds }),
						readProductSetup(scope, { slug }),
						readWebhookState(scope, { product: slug })
					]);
					return {
						slug,
						name,
						mark,
						state: states.get(id)?.now?.state,
						planned: states.get(id)?.planned.length ?? 0,
						holders: holders.length,
						signsIn: setup.signsIn && setup.loginUrl !== null,
						webhooks: setup.webhookUrl === null ? null : webhooks.counts.waiting
					};
				})
			)
		};
	}
);
