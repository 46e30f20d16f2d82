import { error } from '@sveltejs/kit';
import { formatDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { changePlan, changeSeats, previewChange } from '#server/modules/billing/index.ts';
import { form, mayDo, page } from '#server/web/page.ts';
import { findSubscription } from '../find.server.ts';
import { tried } from '#server/web/tried.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const subscription = await findSubscription(scope, params);
	if (!mayDo(scope.actor, 'subscription.change'))
		error(403, m.subs_may_not(), { code: 'forbidden' });
	const plan = url.searchParams.get('plan') ?? undefined;
	const seats = url.searchParams.get('seats');
	const { result, refused } = await tried(() =>
		previewChange(scope, {
			subscriptionId: subscription.id,
			plan,
			...(seats === null ? {} : { seats: Number(seats) })
		})
	);
	return {
		title: m.subs_change_title({ product: subscription.product.name }),
		product: subscription.product,
		preview: result,
		refused,
		wish: { plan: plan ?? '', seats: seats ?? '' },
		day: result ? formatDate(result.on) : ''
	};
});

type Fields = Record<string, FormDataEntryValue>;

const seen = ({ subscriptionId, version, at, seats }: Fields) => ({
	subscriptionId,
	version: Number(version),
	at: new Date(String(at)),
	...(seats === undefined || seats === '' ? {} : { seats: Number(seats) })
});

const done = ({ effect }: { effect: string }, { params }: RequestEvent) => ({
	to: `/billing/subscriptions/${params.product}?done=${effect === 'at_once' ? 'changed' : 'planned'}`
});

export const actions: Actions = {
	plan: form(changePlan, { input: (fields) => ({ ...seen(fields), plan: fields['plan'] }), done }),
	seats: form(changeSeats, { input: seen, done })
};
