import { m } from '#lib/paraglide/messages.js';
import { page } from '#server/web/page.ts';
import { accountActions, readAccount } from './account.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const account = await readAccount(event);
	return page(async (scope) => ({
		title: m.shell_settings(),
		now: scope.now,
		zone: scope.actor.timeZone,
		account
	}))(event);
};

export const actions = accountActions('/settings');
