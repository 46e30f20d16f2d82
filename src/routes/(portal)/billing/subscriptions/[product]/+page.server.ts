import { m } from '#lib/paraglide/messages.js';
import {
	keepSubscription,
	resumeSubscription,
	takeBackChange
} from '#server/modules/billing/index.ts';
import { form, mayDo, page } from '#server/web/page.ts';
import { findSubscription } from './find.server.ts';
import { readSubscription } from './read.server.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const subscription = await findSubscription(scope, params);
	return {
		title: m.subs_title({ product: subscription.product.name }),
		view: await readSubscription(scope, subscription),
		done: url.searchParams.get('done'),
		mayChange: mayDo(scope.actor, 'subscription.change') && subscription.status !== 'ended'
	};
});

type Fields = Record<string, FormDataEntryValue>;

/** Which subscription, and which version of it was looked at. */
const seen = ({ subscriptionId, version }: Fields) => ({
	subscriptionId,
	version: Number(version)
});

const back =
	(done: string) =>
	(_: unknown, { params }: RequestEvent) => ({
		to: `/billing/subscriptions/${params.product}?done=${done}`
	});

export const actions: Actions = {
	unplan: form(takeBackChange, { input: seen, done: back('unplanned') }),
	keep: form(keepSubscription, { input: seen, done: back('kept') }),
	resume: form(resumeSubscription, { input: seen, done: back('resumed') })
};
