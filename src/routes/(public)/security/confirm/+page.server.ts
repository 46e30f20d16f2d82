import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { confirmSecondFactor } from '#server/modules/identity/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { proofIn } from '#server/web/sign-in.ts';
import { setSessionCookie } from '#server/web/viewer.ts';
import { proofChoice, readOwnFactor } from '../own.server.ts';
import type { Actions, PageServerLoad } from './$types';

/** Where whoever is signed in gives their second factor, because what they are on the way to asks for it. */
export const load: PageServerLoad = async (event) => {
	const { returnTo } = await readOwnFactor(event);
	return { title: m.second_factor_confirm_title(), returnTo, ...proofChoice(event) };
};

export const actions: Actions = {
	default: async (event) => {
		const { viewer, returnTo } = await readOwnFactor(event);
		const data = await event.request.formData();
		let renewed;
		try {
			renewed = await confirmSecondFactor(viewer.session, proofIn(data));
		} catch (failure) {
			return toRefusal(failure, {});
		}
		setSessionCookie(event, renewed.token, renewed.endsAt);
		redirect(303, returnTo);
	}
};
