import { fail, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listPlans, listProducts, newCode, saveCoupon } from '#server/modules/catalogue/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { staffPage } from '#server/web/page.ts';
import { consolePage } from '../../../frame.server.ts';
import type { Actions, PageServerLoad } from './$types';
import { couponOf, toCouponField } from './fields.ts';

export const load: PageServerLoad = consolePage('making a coupon', async (scope) => {
	const [products, plans] = await Promise.all([listProducts(scope, {}), listPlans(scope, {})]);
	return {
		title: m.console_coupon_new(),
		products: products.map(({ id, slug, name }) => ({
			slug,
			name,
			plans: plans
				.filter(({ productId, retiredAt }) => productId === id && retiredAt === null)
				.map((plan) => ({ value: `${slug}/${plan.slug}`, label: plan.name }))
		}))
	};
});

const chosenPlans = (data: FormData) =>
	data.getAll('plans').filter((value) => typeof value === 'string');

export const actions: Actions = {
	/** Writes a code into the form that nobody guesses. */
	code: async (event) => {
		const data = await event.request.formData();
		return staffPage('making a coupon', () =>
			Promise.resolve({
				issues: [],
				values: { ...keptValues(data), code: newCode() },
				plans: chosenPlans(data)
			})
		)(event);
	},
	save: async (event) => {
		const data = await event.request.formData();
		const values = keptValues(data);
		const plans = chosenPlans(data);
		const outcome = await staffPage('making a coupon', async (scope) => {
			try {
				return await saveCoupon(scope, couponOf(values, plans));
			} catch (failure) {
				const { status, data: refusal } = toRefusal(failure, values);
				return { status, refusal };
			}
		})(event);
		if ('code' in outcome) redirect(303, `/console/coupons/${outcome.code}?done=new`);
		const issues = outcome.refusal.issues.map((issue) => toCouponField(issue, values));
		return fail(outcome.status, { issues, values, plans });
	}
};
