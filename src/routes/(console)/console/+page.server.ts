import { redirect } from '@sveltejs/kit';
import { staffPage } from '#server/web/page.ts';
import type { PageServerLoad } from './$types';

/** The console begins with its customers. */
export const load: PageServerLoad = async (event) => {
	await staffPage('opening the console', () => Promise.resolve({}))(event);
	redirect(303, '/console/customers');
};
