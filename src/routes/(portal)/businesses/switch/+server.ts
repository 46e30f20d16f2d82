import { error, redirect } from '@sveltejs/kit';
import { requireViewer } from '#server/web/page.ts';
import { switchBusiness } from '#server/web/viewer.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const viewer = await requireViewer(event);
	const switched = await switchBusiness(viewer, (await event.request.formData()).get('business'));
	if (!switched)
		error(404, 'This business does not exist, or is not yours.', { code: 'not_found' });
	redirect(303, '/');
};
