import { m } from '#lib/paraglide/messages.js';
import {
	listReferrals,
	listReferralSources,
	readReferralSummary
} from '#server/modules/referrals/index.ts';
import { page } from '#server/web/page.ts';
import { readCursor } from '../parts/cursor.ts';
import type { PageServerLoad } from './$types';

/** As many as stand beside the list of those who referred without leaving it far behind. */
const shown = 15;

export const load: PageServerLoad = page(async (scope, { url }) => {
	const before = readCursor(url.searchParams.get('before'));
	const resellerId = url.searchParams.get('reseller');
	const [summary, sources, { referrals, next }] = await Promise.all([
		readReferralSummary(scope, {}),
		listReferralSources(scope, {}),
		listReferrals(scope, {
			limit: shown,
			...(before ? { before } : {}),
			...(resellerId ? { resellerId } : {})
		})
	]);
	const here = (cursor: string | null): string => {
		const query = new URLSearchParams();
		if (resellerId) query.set('reseller', resellerId);
		if (cursor) query.set('before', cursor);
		return `/referrals${query.size > 0 ? `?${query.toString()}` : ''}#list`;
	};
	return {
		title: m.shell_referrals(),
		summary,
		sources,
		/** The source that the list is narrowed to. */
		source: sources.find(({ id }) => id === resellerId) ?? null,
		referrals,
		older: next && here(next),
		newest: before ? here(null) : null
	};
});
