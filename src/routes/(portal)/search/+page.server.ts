import { page } from '#server/web/page.ts';
import type { PageServerLoad } from './$types';

// Everything to be found stands in the shell's own data.
export const load: PageServerLoad = page((_, { url }) =>
	Promise.resolve({ query: url.searchParams.get('q')?.trim().slice(0, 100) ?? '' })
);
