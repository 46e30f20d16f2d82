import { redirect } from '@sveltejs/kit';
import { listBusinesses } from '#server/modules/businesses/index.ts';
import {
	endCoupon,
	listPlans,
	listProducts,
	listRedemptions,
	readCoupon
} from '#server/modules/catalogue/index.ts';
import { staffPage } from '#server/web/page.ts';
import { readCursor } from '../../../../(portal)/parts/cursor.ts';
import { consolePage } from '../../../frame.server.ts';
import { shown } from '../../products/act.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) =>
	consolePage(`looking at the coupon ${shown(event.params.code)}`, async (scope) => {
		const after = readCursor(event.url.searchParams.get('after'));
		const coupon = await readCoupon(scope, { code: event.params.code });
		const [{ redemptions, next }, products, plans] = await Promise.all([
			listRedemptions(scope, { couponId: coupon.id, ...(after ? { after } : {}) }),
			listProducts(scope, {}),
			listPlans(scope, {})
		]);
		const businesses = await listBusinesses(scope, {
			ids: redemptions.map(({ businessId }) => businessId)
		});
		const here = `/console/coupons/${coupon.code}`;
		return {
			title: coupon.code,
			coupon,
			plans: coupon.planIds.map((id) => {
				const plan = plans.find((each) => each.id === id);
				const product = products.find((each) => each.id === plan?.productId);
				return { id, name: `${product?.name ?? ''} ${plan?.name ?? ''}`.trim() };
			}),
			redemptions: redemptions.map((redemption) => ({
				...redemption,
				business: businesses.find(({ id }) => id === redemption.businessId)?.name ?? ''
			})),
			further: next && `${here}?after=${next}`,
			first: after ? here : null,
			done: event.url.searchParams.get('done')
		};
	})(event);

export const actions: Actions = {
	end: async (event) => {
		const { code } = event.params;
		await staffPage(`ending the coupon ${shown(code)}`, async (scope) => {
			await endCoupon(scope, { code });
			return {};
		})(event);
		redirect(303, `/console/coupons/${encodeURIComponent(code)}?done=end`);
	}
};
