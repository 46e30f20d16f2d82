import { listSubscriptions } from '#server/modules/billing/index.ts';
import { listMembers } from '#server/modules/businesses/index.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import { readFilters, type Filters } from './filters.ts';

/** What can be chosen, and what the address chooses. */
export async function readChoices(
	scope: MemberScope,
	query: URLSearchParams
): Promise<{
	products: { slug: string; name: string }[];
	/** Empty for those who see their own alone. */
	people: { id: string; name: string }[];
	filters: Filters;
}> {
	const all = mayDo(scope.actor, 'activity.read-all');
	const [subscriptions, members] = await Promise.all([
		listSubscriptions(scope, {}),
		all ? listMembers(scope, {}) : []
	]);
	const products = subscriptions.map(({ product: { slug, name } }) => ({ slug, name }));
	const people = members.map(({ personId, name }) => ({ id: personId, name }));
	const filters = readFilters(query, {
		products: products.map(({ slug }) => slug),
		people: people.map(({ id }) => id)
	});
	return { products, people, filters };
}
