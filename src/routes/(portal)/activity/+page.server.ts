import { m } from '#lib/paraglide/messages.js';
import { listActivity } from '#server/modules/activity/index.ts';
import { listSubscriptions } from '#server/modules/billing/index.ts';
import { listMembers } from '#server/modules/businesses/index.ts';
import { wordActivity } from '#server/web/activity.ts';
import { page } from '#server/web/page.ts';
import { readCursor } from '../parts/cursor.ts';
import type { PageServerLoad } from './$types';

const pageLength = 25;

export const load: PageServerLoad = page(async (scope, { url }) => {
	const asked = (name: string): string | null => url.searchParams.get(name) || null;
	const [subscriptions, members] = await Promise.all([
		listSubscriptions(scope, {}),
		listMembers(scope, {})
	]);
	const products = subscriptions.map(({ product: { slug, name } }) => ({ slug, name }));
	const people = members.map(({ personId, name }) => ({ id: personId, name }));
	const product = products.find(({ slug }) => slug === asked('product')) ?? null;
	const person = people.find(({ id }) => id === asked('person')) ?? null;
	const before = readCursor(url.searchParams.get('before'));
	const { entries, next } = await listActivity(scope, {
		limit: pageLength,
		...(product ? { product: product.slug } : {}),
		...(person ? { person: person.id } : {}),
		...(before === undefined ? {} : { before })
	});
	return {
		title: m.activity_title(),
		now: scope.now,
		zone: scope.actor.timeZone,
		products,
		people,
		product,
		person,
		/** What the address asked for and nobody knows; the list is then not narrowed by it. */
		unknown: (asked('product') !== null && !product) || (asked('person') !== null && !person),
		newest: before === undefined,
		entries: entries.map(wordActivity),
		next
	};
});
