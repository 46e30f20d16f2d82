import { m } from '#lib/paraglide/messages.js';
import { page } from '#server/web/page.ts';
import { readHome } from './home/read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => ({
	title: m.home_title(),
	view: await readHome(scope, url.searchParams)
}));
