import { redirect } from '@sveltejs/kit';
import { listPlans, readProduct } from '#server/modules/catalogue/index.ts';
import {
	askAccess,
	listAccessRequests,
	readLauncher,
	withdrawAccessRequest
} from '#server/modules/launch/index.ts';
import { liftSuspension } from '#server/modules/usage/index.ts';
import { form, inBusiness, mayDo, page } from '#server/web/page.ts';
import { withKeys } from '../../parts/doorway.ts';
import { textOf } from '../../parts/fields.ts';
import { readProducts } from '../../parts/products.server.ts';
import { viewOffer } from '../offers.ts';
import { readLimited } from './limited.server.ts';
import { readOverview } from './read.server.ts';
import { answersTo, plainLines } from './requests.server.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }) => {
	const [product, { own, subscriptions, standings }, plans] = await Promise.all([
		readProduct(scope, { slug: params.slug }),
		readProducts(scope),
		listPlans(scope, {})
	]);
	const [head] = withKeys(
		own.filter(({ slug }) => slug === product.slug),
		scope.now,
		scope.actor.timeZone
	);
	const launcher = standings.launchers.get(product.id);
	const subscription = subscriptions.find((one) => one.product.id === product.id);
	const overview =
		head && subscription ? await readOverview(scope, product, subscription, head) : null;
	return {
		title: product.name,
		done: url.searchParams.get('done'),
		overview,
		limited: launcher ? await readLimited(scope, product.id, launcher) : null,
		// One that the business has no longer is offered again.
		offer:
			!overview || overview.product.status.kind === 'ended'
				? viewOffer(product, plans, {
						had: overview !== null,
						mayTry: mayDo(scope.actor, 'trial.start')
					})
				: null
	};
});

const home = (slug: string) => `/products/${slug}`;

const ask = form(askAccess, {
	input: ({ note }, { params }: RequestEvent) => ({
		product: params.slug,
		note: plainLines(note)
	}),
	done: (_, { params }) => ({ to: `${home(params.slug)}?done=asked#ask` })
});

export const actions: Actions = {
	ask: async (event) => {
		const { slug } = event.params;
		// Sent twice, the second finds nothing left to ask for.
		const { request, refusal } = await inBusiness(event, (scope) => readLauncher(scope, { slug }));
		if (request || refusal !== 'no_access') redirect(303, `${home(slug)}?done=asked#ask`);
		return ask(event);
	},
	withdraw: async (event) => {
		const { slug } = event.params;
		const id = textOf(await event.request.formData(), 'request');
		await inBusiness(event, async (scope) => {
			const open = await listAccessRequests(scope, { product: slug, open: true });
			const own = open.some(
				(request) => request.id === id && request.personId === scope.actor.personId
			);
			// Answered meanwhile, or withdrawn already: the page says which.
			if (own) await withdrawAccessRequest(scope, { id });
		});
		redirect(303, `${home(slug)}?done=withdrawn#ask`);
	},
	lift: async (event) => {
		const { slug } = event.params;
		// Sent twice, the second finds nothing left to open.
		await inBusiness(event, async (scope) => {
			const { id } = await readProduct(scope, { slug });
			await liftSuspension(scope, { productId: id });
		});
		redirect(303, `${home(slug)}?done=lifted`);
	},
	...answersTo(home)
};
