import { m } from '#lib/paraglide/messages.js';
import { listTickets, readUsualFirstReply } from '#server/modules/support/index.ts';
import { page } from '#server/web/page.ts';
import { readCursor } from '../parts/cursor.ts';
import { readState } from './states.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const state = readState(url.searchParams.get('state'));
	const before = readCursor(url.searchParams.get('before'));
	const [{ tickets, next }, firstReply] = await Promise.all([
		listTickets(scope, { ...(state ? { state } : {}), ...(before ? { before } : {}) }),
		readUsualFirstReply(scope, {})
	]);
	const here = (cursor: string | null): string => {
		const query = new URLSearchParams();
		if (state) query.set('state', state);
		if (cursor) query.set('before', cursor);
		return query.size > 0 ? `/support?${query.toString()}` : '/support';
	};
	return {
		title: m.shell_support(),
		now: scope.now,
		zone: scope.actor.timeZone,
		state: state ?? null,
		tickets,
		firstReply,
		older: next && here(next),
		newest: before ? here(null) : null
	};
});
