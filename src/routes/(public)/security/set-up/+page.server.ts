import { redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { offerSecondFactor, readOffer, setUpSecondFactor } from '#server/modules/identity/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { recoveryPaper } from '#server/web/recovery-paper.ts';
import { setSessionCookie } from '#server/web/viewer.ts';
import { accountOf, readOwn } from '../own.server.ts';
import type { Actions, PageServerLoad } from './$types';

/** In three steps: the password, the secret with the code that confirms it, the recovery codes. */
export const load: PageServerLoad = async (event) => {
	const { viewer, factor, returnTo } = await readOwn(event);
	// Once it has just been set up, the answer to the form shows the recovery codes.
	if (factor && event.request.method === 'GET') redirect(303, returnTo);
	const offer = factor ? null : await readOffer(viewer.session);
	const query = encodeURIComponent(returnTo);
	return {
		title: offer ? m.second_factor_scan_title() : m.second_factor_set_up(),
		email: viewer.session.email,
		offer,
		returnTo,
		/** Something on the way asks for a second factor. */
		needed: returnTo !== accountOf(viewer),
		begin: `?/begin&return_to=${query}`,
		turnOn: `?/turnOn&return_to=${query}`
	};
};

export const actions: Actions = {
	begin: async (event) => {
		const { viewer } = await readOwn(event);
		const password = (await event.request.formData()).get('password');
		try {
			await offerSecondFactor(viewer.session, {
				password: typeof password === 'string' ? password : ''
			});
		} catch (failure) {
			return toRefusal(failure, {});
		}
		redirect(303, here(event));
	},
	turnOn: async (event) => {
		const { viewer } = await readOwn(event);
		const code = (await event.request.formData()).get('code');
		try {
			const { recoveryCodes, token, endsAt } = await setUpSecondFactor(viewer.session, {
				code: typeof code === 'string' ? code : ''
			});
			setSessionCookie(event, token, endsAt);
			return { paper: recoveryPaper(viewer, recoveryCodes) };
		} catch (failure) {
			return toRefusal(failure, {});
		}
	}
};

/** This page without the name of the form that led to it. */
function here({ url }: RequestEvent): string {
	const returnTo = url.searchParams.get('return_to');
	return returnTo ? `${url.pathname}?return_to=${encodeURIComponent(returnTo)}` : url.pathname;
}
