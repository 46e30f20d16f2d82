import { m } from '#lib/paraglide/messages.js';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import { countTicketQueue, listTicketQueue } from '#server/modules/support/index.ts';
import { readCursor } from '../../../(portal)/parts/cursor.ts';
import { consolePage } from '../../frame.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = consolePage(
	'looking at what waits for an answer',
	async (scope, { url }) => {
		const state = url.searchParams.get('state') === 'waiting' ? 'waiting' : 'open';
		const after = readCursor(url.searchParams.get('after'));
		const [businesses, counts, { tickets, next }] = await Promise.all([
			listBusinesses(scope, {}),
			countTicketQueue(scope, {}),
			listTicketQueue(scope, { state, ...(after ? { after } : {}) })
		]);
		const here = `/console/tickets?state=${state}`;
		return {
			title: m.console_tickets(),
			state,
			counts,
			tickets: tickets.map((ticket) => ({
				...ticket,
				business: businesses.find(({ id }) => id === ticket.businessId)?.name ?? ''
			})),
			further: next && `${here}&after=${next}`,
			first: after ? here : null
		};
	}
);
