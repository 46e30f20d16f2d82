import { m } from '#lib/paraglide/messages.js';
import { listStandings } from '#server/modules/dunning/index.ts';
import { consolePage } from '../../frame.server.ts';
import type { PageServerLoad } from './$types';

const states = ['overdue', 'due', 'held'] as const;
const atOnce = 50;

export const load: PageServerLoad = consolePage(
	'looking at what is not paid',
	async (scope, { url }) => {
		const search = (url.searchParams.get('q') ?? '').trim().slice(0, 120);
		const state = states.find((each) => each === url.searchParams.get('state')) ?? null;
		const from = Math.max(0, Number(url.searchParams.get('from')) || 0);
		const sought = search.toLowerCase();
		const standings = (await listStandings(scope, {})).filter(
			({ business, invoice, hold, daysOverdue }) =>
				(business.name.toLowerCase().includes(sought) ||
					invoice.number.toLowerCase().includes(sought)) &&
				(state === null ||
					((state === 'held' ? hold !== null : hold === null) &&
						(state !== 'overdue' || daysOverdue > 0) &&
						(state !== 'due' || daysOverdue <= 0)))
		);
		const query = new URLSearchParams({
			...(search ? { q: search } : {}),
			...(state ? { state } : {})
		});
		const here = `/console/dunning?${query}`;
		return {
			title: m.console_dunning(),
			search,
			state,
			standings: standings.slice(from, from + atOnce),
			further: standings.length > from + atOnce ? `${here}&from=${from + atOnce}` : null,
			first: from > 0 ? here : null
		};
	}
);
