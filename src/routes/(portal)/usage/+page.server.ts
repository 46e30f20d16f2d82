import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { page } from '#server/web/page.ts';
import { liveAddress } from './live/address.ts';
import { readUsagePage } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	// The last hour is kept by the minute, and has a page of its own.
	if (url.searchParams.get('range') === 'live')
		redirect(303, liveAddress(url.searchParams.get('product')));
	return { title: m.usage_title(), view: await readUsagePage(scope, url.searchParams) };
});
