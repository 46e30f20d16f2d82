import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { removeSecondFactor } from '#server/modules/identity/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { proofIn } from '#server/web/sign-in.ts';
import { accountOf, proofChoice, readOwnFactor } from '../own.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { viewer } = await readOwnFactor(event);
	return {
		title: m.second_factor_turn_off_title(),
		email: viewer.session.email,
		back: accountOf(viewer),
		...proofChoice(event)
	};
};

export const actions: Actions = {
	default: async (event) => {
		const { viewer } = await readOwnFactor(event);
		const data = await event.request.formData();
		const password = data.get('password');
		try {
			await removeSecondFactor(viewer.session, {
				password: typeof password === 'string' ? password : '',
				proof: proofIn(data)
			});
		} catch (failure) {
			return toRefusal(failure, {});
		}
		redirect(303, `${accountOf(viewer)}?done=second-factor-off`);
	}
};
