import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { endContactByLink, readContactOfLink } from '#server/modules/billing/index.ts';
import { toErrorPage } from '#server/web/failures.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
	const contact = await readContactOfLink(params.token).catch(toErrorPage);
	return { title: contact ? m.papers_end_title() : m.papers_ended_title(), contact };
};

export const actions: Actions = {
	default: async ({ params }) => {
		try {
			await endContactByLink(params.token);
		} catch (failure) {
			return toErrorPage(failure);
		}
		redirect(303, `/paper-mail/${params.token}`);
	}
};
