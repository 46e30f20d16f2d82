import { m } from '#lib/paraglide/messages.js';
import { page } from '#server/web/page.ts';
import { readLive } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => ({
	title: m.usage_live_title(),
	view: await readLive(scope, url.searchParams)
}));
