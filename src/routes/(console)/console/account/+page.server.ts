import { m } from '#lib/paraglide/messages.js';
import { accountActions, readAccount } from '../../../(portal)/settings/account.server.ts';
import { consolePage } from '../../frame.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const account = await readAccount(event);
	return consolePage('looking at their own account', async () => ({
		title: m.shell_account(),
		account,
		theme: event.locals.theme ?? ('system' as const)
	}))(event);
};

export const actions = accountActions('/console/account');
