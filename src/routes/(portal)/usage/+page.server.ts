import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listSubscriptions } from '#server/modules/billing/index.ts';
import { listMembers } from '#server/modules/businesses/index.ts';
import { page } from '#server/web/page.ts';
import { readAdoption } from './adoption.server.ts';
import { liveAddress } from './live/address.ts';
import { readUsagePage } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	// The last hour is kept by the minute, and has a page of its own.
	if (url.searchParams.get('range') === 'live')
		redirect(303, liveAddress(url.searchParams.get('product')));
	const [view, subscriptions, members] = await Promise.all([
		readUsagePage(scope, url.searchParams),
		listSubscriptions(scope, {}),
		listMembers(scope, {})
	]);
	const shown = subscriptions.filter(
		({ product }) => !view.product || product.id === view.product.id
	);
	return {
		title: m.usage_title(),
		view,
		adoption: await readAdoption(scope, shown, members)
	};
});
