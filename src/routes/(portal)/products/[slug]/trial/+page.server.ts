import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { readSubscriptionState, startTrial } from '#server/modules/billing/index.ts';
import { listPlans, readProduct } from '#server/modules/catalogue/index.ts';
import { civilDate, daysAfter } from '#lib/format/dates.ts';
import { form, inBusiness, mayDo, page, type MemberScope } from '#server/web/page.ts';
import { listGranters } from '#server/modules/launch/index.ts';
import { viewOffer } from '../../offers.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }) => {
	const product = await readProduct(scope, { slug: params.slug });
	const [plans, subscription, granters] = await Promise.all([
		listPlans(scope, {}),
		readSubscriptionState(scope, { productId: product.id }),
		listGranters(scope, {})
	]);
	// Had already, or begun a moment ago in another tab: its own page says how it stands.
	if (subscription) redirect(303, `/products/${product.slug}`);
	const offer = viewOffer(product, plans, { had: false, mayTry: true });
	const asked = url.searchParams.get('plan');
	const plan = offer.plans.find(({ slug, tryHref }) => tryHref !== null && slug === asked);
	if (!plan) error(404, m.products_trial_none(), { code: 'not_found' });
	const starts = civilDate(scope.now, scope.actor.timeZone);
	return {
		title: m.products_trial_title({ product: product.name }),
		product: { slug: product.slug, name: product.name, mark: product.mark },
		plan,
		starts,
		/** The first day without trial. */
		ends: daysAfter(starts, plan.trialDays ?? 0),
		may: mayDo(scope.actor, 'trial.start'),
		granters,
		askHref: offer.askHref
	};
});

const begin = form(startTrial, {
	input: ({ plan }, { params }: RequestEvent) => ({ product: params.slug, plan })
});

export const actions: Actions = {
	default: async (event) => {
		const { slug } = event.params;
		const has = (scope: MemberScope) =>
			readProduct(scope, { slug })
				.then(({ id }) => readSubscriptionState(scope, { productId: id }))
				.then((subscription) => subscription !== null);
		// Sent twice, the second finds it begun.
		if (await inBusiness(event, has)) redirect(303, `/products/${slug}`);
		const answer = await begin(event);
		if ('status' in answer) return answer;
		// A job begins it, as a rule within a moment: the page that follows should have it already.
		for (let tries = 0; tries < patience.tries; tries += 1) {
			if (await inBusiness(event, has)) redirect(303, `/products/${slug}?done=trial`);
			await new Promise((resolve) => setTimeout(resolve, patience.ms));
		}
		redirect(303, `/products/${slug}?done=trial-soon`);
	}
};

/** Two seconds in all; then the page says that it takes a little longer. */
const patience = { tries: 10, ms: 200 };
