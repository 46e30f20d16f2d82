import { m } from '#lib/paraglide/messages.js';
import { page } from '#server/web/page.ts';
import { readUsagePage } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => ({
	title: m.usage_title(),
	view: await readUsagePage(scope, url.searchParams)
}));
