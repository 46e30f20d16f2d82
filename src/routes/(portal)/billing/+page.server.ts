import { m } from '#lib/paraglide/messages.js';
import { page } from '#server/web/page.ts';
import { readBilling } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope) => ({
	title: m.shell_billing(),
	view: await readBilling(scope)
}));
