import { m } from '#lib/paraglide/messages.js';
import { page } from '#server/web/page.ts';
import { readAsked } from './question.ts';
import { readSimulation } from './read.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const asked = readAsked(url.searchParams);
	return {
		title: m.simulate_title(),
		months: asked.months,
		seats: asked.seats,
		simulation: await readSimulation(scope, asked)
	};
});
