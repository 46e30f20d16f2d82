import { fail } from '@sveltejs/kit';
import {
	listPlanVersions,
	listProductStates,
	readProductSetup,
	retirePlan,
	savePlanVersion,
	type PlanPrice
} from '#server/modules/catalogue/index.ts';
import type { Interval } from '#server/modules/rating/index.ts';
import { listMeters } from '#server/modules/usage/index.ts';
import { textOf } from '../../../../../(portal)/parts/fields.ts';
import { consolePage } from '../../../../frame.server.ts';
import { act, shown } from '../../act.server.ts';
import type { Actions, PageServerLoad } from './$types';
import { formOf, pricesOf, toField } from './version-form.ts';

type Scope = Parameters<Parameters<typeof act>[3]>[0];

/** The plans of a product with what the form begins with for one of them, or for a new one. */
async function readPlans(scope: Scope, slug: string, asked: string) {
	const [product, plans, all] = await Promise.all([
		readProductSetup(scope, { slug }),
		listPlanVersions(scope, { product: slug }),
		listMeters(scope, {})
	]);
	const meters = all.filter(({ productId }) => productId === product.id);
	const plan = plans.find((each) => each.slug === asked && each.retiredAt === null);
	const version = plan?.versions[0];
	return { product, plans, meters, version, form: formOf(plan, version, meters) };
}

export const load: PageServerLoad = (event) =>
	consolePage(`looking at the plans of the product ${shown(event.params.slug)}`, async (scope) => {
		const { slug } = event.params;
		const { searchParams } = event.url;
		const [{ product, plans, form }, states] = await Promise.all([
			readPlans(scope, slug, searchParams.get('plan') ?? ''),
			listProductStates(scope, {})
		]);
		return {
			title: product.name,
			here: `/console/products/${slug}/plans`,
			product,
			health: states.get(product.id)?.now?.state,
			plans,
			version: form,
			done: searchParams.get('done')
		};
	})(event);

export const actions: Actions = {
	save: async (event) => {
		let prices: PlanPrice[] = [];
		const answer = await act(
			event,
			'version',
			`changing a plan of the product ${shown(event.params.slug)}`,
			async (scope, data) => {
				const { slug } = event.params;
				const value = (name: string) => textOf(data, name).trim();
				const plan = value('plan');
				const { meters, version, form } = await readPlans(scope, slug, plan);
				const name = value('name');
				prices = pricesOf(value, name, form, version?.prices ?? []);
				await savePlanVersion(scope, {
					product: slug,
					plan,
					...(form.plan === '' ? { name } : {}),
					meters: meters.map((meter) => meter.slug),
					// What is none of these, the schema refuses.
					interval: value('interval') as Interval,
					currency: value('currency').toUpperCase(),
					trialDays: value('trialDays') === '' ? null : Number(value('trialDays')),
					note: value('note'),
					onOfferFrom: value('when') === 'draft' ? 'draft' : value('from') || 'now',
					prices
				});
				const here = `/console/products/${encodeURIComponent(slug)}/plans`;
				return { to: `${here}?done=version&plan=${plan}#version` };
			}
		);
		if (!('status' in answer) || !('issues' in answer.data)) return answer;
		const issues = answer.data.issues.map((issue) => toField(issue, prices));
		return fail(answer.status, { ...answer.data, issues });
	},
	retire: (event) =>
		act(
			event,
			'retire',
			`retiring a plan of the product ${shown(event.params.slug)}`,
			async (scope, data) => {
				const { slug } = event.params;
				await retirePlan(scope, { product: slug, plan: textOf(data, 'plan') });
				return { to: `/console/products/${encodeURIComponent(slug)}/plans?done=retire` };
			}
		)
};
