import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import {
	customerFilters,
	listCustomersThat,
	listCustomerStandings
} from '#server/modules/billing/index.ts';
import { findBusinesses } from '#server/modules/businesses/index.ts';
import { listProducts } from '#server/modules/catalogue/index.ts';
import { consolePage, consoleZone } from '../../frame.server.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = consolePage(
	'looking at the list of customers',
	async (scope, { url }: PageServerLoadEvent) => {
		const search = (url.searchParams.get('q') ?? '').trim().slice(0, 120);
		const filter = customerFilters.find((each) => each === url.searchParams.get('that'));
		const after = url.searchParams.get('after') ?? '';
		const isPlace = /^biz_[0-9a-z]{26}$/.test(after);
		const today = civilDate(scope.now, consoleZone);
		const ids = filter && (await listCustomersThat(scope, { filter, today }));
		const [{ businesses, next }, products] = await Promise.all([
			findBusinesses(scope, {
				search,
				...(ids ? { ids } : {}),
				...(isPlace ? { after } : {})
			}),
			listProducts(scope, {})
		]);
		const standings = await listCustomerStandings(scope, {
			businessIds: businesses.map(({ id }) => id),
			today
		});
		const query = new URLSearchParams({
			...(search ? { q: search } : {}),
			...(filter ? { that: filter } : {})
		});
		const here = `/console/customers?${query}`;
		return {
			title: m.console_customers(),
			search,
			filter: filter ?? null,
			customers: businesses.map((business) => {
				const standing = standings.find(({ businessId }) => businessId === business.id);
				return {
					...business,
					owed: standing?.owed ?? [],
					has: (standing?.subscriptions ?? []).flatMap(({ productId, status }) => {
						const product = products.find(({ id }) => id === productId);
						return product ? [{ name: product.name, mark: product.mark, status }] : [];
					})
				};
			}),
			further: next && `${here}&after=${next}`,
			first: isPlace ? here : null
		};
	}
);
