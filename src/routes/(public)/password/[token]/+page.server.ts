import { m } from '#lib/paraglide/messages.js';
import { readPasswordLink, setPassword } from '#server/modules/identity/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { firstBusiness, leadOn, whereFrom } from '#server/web/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
	const link = await readPasswordLink({ token: params.token });
	return { title: link ? m.password_set_title() : m.password_over_title(), link };
};

export const actions: Actions = {
	default: async (event) => {
		const data = await event.request.formData();
		const newPassword = data.get('newPassword');
		let step;
		try {
			step = await setPassword(
				{
					token: event.params.token,
					newPassword: typeof newPassword === 'string' ? newPassword : '',
					...whereFrom(event)
				},
				firstBusiness
			);
		} catch (failure) {
			return toRefusal(failure, {});
		}
		leadOn(event, step, '/');
	}
};
