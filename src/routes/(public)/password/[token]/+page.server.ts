import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listMembershipsOf } from '#server/modules/businesses/index.ts';
import { readPasswordLink, setPassword } from '#server/modules/identity/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { sessionCookie, setSessionCookie } from '#server/web/viewer.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
	const link = await readPasswordLink({ token: params.token });
	return { title: link ? m.password_set_title() : m.password_over_title(), link };
};

export const actions: Actions = {
	default: async (event) => {
		const data = await event.request.formData();
		const newPassword = data.get('newPassword');
		const previousToken = sessionCookie(event);
		let started;
		try {
			started = await setPassword(
				{
					token: event.params.token,
					newPassword: typeof newPassword === 'string' ? newPassword : '',
					userAgent: event.request.headers.get('user-agent') ?? '',
					address: event.getClientAddress(),
					...(previousToken ? { previousToken } : {})
				},
				async (scope, personId) =>
					(await listMembershipsOf(scope, { personId }))[0]?.businessId ?? null
			);
		} catch (failure) {
			return toRefusal(failure, {});
		}
		setSessionCookie(event, started.token, started.endsAt);
		redirect(303, '/');
	}
};
