import { redirect } from '@sveltejs/kit';
import { signOut } from '#server/web/viewer.ts';
import type { Actions, PageServerLoad } from './$types';

// A link must not sign anybody out: it asks with a button.
export const load: PageServerLoad = async ({ locals }) => {
	if (!(await locals.viewer())) redirect(303, '/login');
};

export const actions: Actions = {
	default: async (event) => {
		const next = await signOut(event);
		// Back buttons and shared machines: whatever this browser kept of the pages goes too.
		event.setHeaders({ 'clear-site-data': '"cache"' });
		redirect(303, next);
	}
};
