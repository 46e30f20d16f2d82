import { error } from '@sveltejs/kit';
import { env } from 'node:process';
import { shell } from './fixtures.ts';
import type { PageServerLoad } from './$types';

// For those who build the product: its users meet no page of examples.
export const load: PageServerLoad = ({ url, locals }) => {
	if (env['NODE_ENV'] === 'production' && !env['EVOLVE_CATALOGUE']) error(404, 'Not found');
	const collapsed = url.searchParams.get('sidebar') === 'collapsed';
	return {
		title: 'Catalogue',
		shell: {
			...shell,
			path: url.pathname + url.search,
			theme: locals.theme ?? ('system' as const),
			sidebar: collapsed ? ('collapsed' as const) : ('expanded' as const)
		}
	};
};
