import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { cancelSubscription, previewCancellation } from '#server/modules/billing/index.ts';
import { form, mayDo, page } from '#server/web/page.ts';
import { findSubscription } from '../find.server.ts';
import { tried } from '#server/web/tried.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params }: PageServerLoadEvent) => {
	const subscription = await findSubscription(scope, params);
	if (!mayDo(scope.actor, 'subscription.change'))
		error(403, m.subs_may_not(), { code: 'forbidden' });
	const { result, refused } = await tried(() =>
		previewCancellation(scope, { subscriptionId: subscription.id })
	);
	return {
		title: m.subs_cancel_title({ product: subscription.product.name }),
		product: subscription.product,
		preview: result,
		refused
	};
});

export const actions: Actions = {
	default: form(cancelSubscription, {
		input: ({ subscriptionId, version, reason, choice }) => ({
			subscriptionId,
			version: Number(version),
			// One of the reasons on offer, and what is written besides.
			reason: [choice, reason].filter((words) => words).join(': ')
		}),
		done: (_, { params }: RequestEvent) => ({
			to: `/billing/subscriptions/${params.product}?done=cancelled`
		})
	})
};
