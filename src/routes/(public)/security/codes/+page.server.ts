import { m } from '#lib/paraglide/messages.js';
import { makeRecoveryCodes } from '#server/modules/identity/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { recoveryPaper } from '#server/web/recovery-paper.ts';
import { proofIn } from '#server/web/sign-in.ts';
import { proofChoice, readOwnFactor } from '../own.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { returnTo } = await readOwnFactor(event);
	return { title: m.second_factor_make(), returnTo, ...proofChoice(event) };
};

export const actions: Actions = {
	default: async (event) => {
		const { viewer } = await readOwnFactor(event);
		const data = await event.request.formData();
		try {
			const codes = await makeRecoveryCodes(viewer.session, proofIn(data));
			return { paper: recoveryPaper(viewer, codes) };
		} catch (failure) {
			return toRefusal(failure, {});
		}
	}
};
