import { redirect } from '@sveltejs/kit';
import { safeReturn } from '#server/web/page.ts';
import { keepPreferences } from '#server/web/preferences.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, cookies }) => {
	const data = await request.formData();
	keepPreferences(cookies, data);
	// The script posts the same form and stays where it is.
	if (request.headers.get('x-evolve-quiet')) return new Response(null, { status: 204 });
	redirect(303, safeReturn(data.get('return_to')));
};
