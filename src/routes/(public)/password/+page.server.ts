import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { askForPasswordLink, passwordLinkHours } from '#server/modules/identity/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({
	title: m.password_ask_title(),
	hours: passwordLinkHours,
	sent: url.searchParams.has('sent')
});

export const actions: Actions = {
	default: async (event) => {
		const data = await event.request.formData();
		const email = data.get('email');
		try {
			await askForPasswordLink({
				email: typeof email === 'string' ? email : '',
				address: event.getClientAddress()
			});
		} catch (failure) {
			return toRefusal(failure, keptValues(data));
		}
		redirect(303, '/password?sent=1');
	}
};
