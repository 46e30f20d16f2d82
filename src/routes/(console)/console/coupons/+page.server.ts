import { m } from '#lib/paraglide/messages.js';
import { couponStandings, findCoupons } from '#server/modules/catalogue/index.ts';
import { consolePage } from '../../frame.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = consolePage('looking at coupons', async (scope, { url }) => {
	const search = (url.searchParams.get('q') ?? '').trim().slice(0, 120);
	const asked = url.searchParams.get('state');
	const standing = couponStandings.find((each) => each === asked);
	const after = url.searchParams.get('after') ?? '';
	const isPlace = /^cou_[0-9a-z]{26}$/.test(after);
	const { coupons, next } = await findCoupons(scope, {
		search,
		...(standing ? { standing } : {}),
		...(isPlace ? { after } : {})
	});
	const query = new URLSearchParams({
		...(search ? { q: search } : {}),
		...(standing ? { state: standing } : {})
	});
	const here = `/console/coupons?${query}`;
	return {
		title: m.console_coupons(),
		coupons,
		search,
		standing: standing ?? null,
		further: next && `${here}&after=${next}`,
		first: isPlace ? here : null
	};
});
