import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { completeSignIn, readPendingSignIn } from '#server/modules/identity/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { safeReturn } from '#server/web/page.ts';
import { productOrigins } from '#server/web/products.ts';
import {
	clearPendingCookie,
	firstBusiness,
	isSignInOver,
	pendingCookie,
	proofIn,
	whereFrom,
	withReturn
} from '#server/web/sign-in.ts';
import { setSessionCookie } from '#server/web/viewer.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { locals, url } = event;
	const returnTo = safeReturn(url.searchParams.get('return_to'));
	const token = pendingCookie(event);
	const pending = token ? await readPendingSignIn({ token }) : null;
	// Whoever has given no password in this browser learns nothing here.
	if (!pending) redirect(303, (await locals.viewer()) ? returnTo : withReturn('/login', returnTo));
	if (returnTo.startsWith('/oidc/')) locals.formTargets = await productOrigins();
	const recovery = url.searchParams.get('with') === 'recovery';
	return {
		title: recovery ? m.second_factor_login_title_recovery() : m.second_factor_login_title(),
		email: pending.email,
		recovery,
		other: withReturn(recovery ? '/login/code' : '/login/code?with=recovery', returnTo),
		again: withReturn('/login', returnTo)
	};
};

export const actions: Actions = {
	default: async (event) => {
		const returnTo = safeReturn(event.url.searchParams.get('return_to'));
		const data = await event.request.formData();
		let started;
		try {
			started = await completeSignIn(
				pendingCookie(event) ?? '',
				proofIn(data),
				whereFrom(event),
				firstBusiness
			);
		} catch (failure) {
			if (!isSignInOver(failure)) return toRefusal(failure, {});
			clearPendingCookie(event);
			redirect(303, withReturn('/login?over=1', returnTo));
		}
		clearPendingCookie(event);
		setSessionCookie(event, started.token, started.endsAt);
		redirect(303, returnTo);
	}
};
