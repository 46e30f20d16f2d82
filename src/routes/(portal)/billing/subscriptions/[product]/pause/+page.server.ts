import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { pauseSubscription, previewPause } from '#server/modules/billing/index.ts';
import { form, mayDo, page } from '#server/web/page.ts';
import { findSubscription } from '../find.server.ts';
import { tried } from '#server/web/tried.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent, RequestEvent } from './$types';

const days = (from: unknown, until: unknown) => ({
	...(from ? { from: String(from) } : {}),
	...(until ? { until: String(until) } : {})
});

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const subscription = await findSubscription(scope, params);
	if (!mayDo(scope.actor, 'subscription.change'))
		error(403, m.subs_may_not(), { code: 'forbidden' });
	const [from, until] = [url.searchParams.get('from'), url.searchParams.get('until')];
	const { result, refused } = await tried(() =>
		previewPause(scope, { subscriptionId: subscription.id, ...days(from, until) })
	);
	return {
		title: m.subs_pause_title({ product: subscription.product.name }),
		product: subscription.product,
		preview: result,
		refused,
		from: from ?? subscription.period.end,
		until: until ?? '',
		asked: from !== null
	};
});

export const actions: Actions = {
	default: form(pauseSubscription, {
		input: ({ subscriptionId, version, from, until }) => ({
			subscriptionId,
			version: Number(version),
			...days(from, until)
		}),
		done: (_, { params }: RequestEvent) => ({
			to: `/billing/subscriptions/${params.product}?done=paused`
		})
	})
};
