import { fail, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listSubscriptions, readAttention } from '#server/modules/billing/index.ts';
import { answers, launch, readLauncher } from '#server/modules/launch/index.ts';
import { once } from '#server/web/once.ts';
import { inBusiness, mayDo, page } from '#server/web/page.ts';
import { productOrigins } from '#server/web/products.ts';
import { textOf } from '../../parts/fields.ts';
import { payOf, viewHealth, viewStatus } from '../../parts/products.server.ts';
import { askOf, refuse } from './refusal.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	// The page that says no has forms too: one takes the person back to the product.
	event.locals.formTargets = await productOrigins();
	return page(async (scope, { params }: typeof event) => {
		const [view, subscriptions, attention] = await Promise.all([
			readLauncher(scope, { slug: params.slug }),
			once(scope, listSubscriptions),
			mayDo(scope.actor, 'billing.read') ? once(scope, readAttention) : null
		]);
		await refuse(scope, view);
		const { product, landing, places, newTab } = view;
		const subscription = subscriptions.find((one) => one.product.id === product.id);
		return {
			title: m.launch_title({ product: product.name }),
			product: { slug: product.slug, name: product.name, mark: product.mark, newTab },
			status: subscription && viewStatus(subscription, view, payOf(attention), askOf(scope, view)),
			health: viewHealth(view.state),
			/** Null for the product's beginning. */
			landing: landing.label === null ? null : { path: landing.path, label: landing.label },
			/** Whether the person was there last, and not only what the business has set. */
			wasThere: landing.by === 'place',
			places: places.filter(({ path }) => path !== landing.path),
			zone: scope.actor.timeZone,
			now: scope.now
		};
	})(event);
};

export const actions: Actions = {
	default: async (event) => {
		const { params, request, locals } = event;
		const here = `/launch/${params.slug}`;
		if (!(await locals.viewer())) {
			// The session ended while the page was open: after signing in the person is asked once more.
			redirect(303, `/login?return_to=${encodeURIComponent(here)}`);
		}
		const fields = await request.formData();
		const path = textOf(fields, 'path');
		const start = textOf(fields, 'from') === 'start';
		const anyway = fields.has('anyway');
		const view = await inBusiness(event, async (scope) => {
			const launcher = await readLauncher(scope, { slug: params.slug });
			await refuse(scope, launcher);
			return launcher;
		});
		// Came from a page that did not know yet: what is the matter is told first.
		const state = view.state.now?.state;
		if ((state === 'outage' || state === 'maintenance') && !anyway) redirect(303, here);
		if (!fields.has('unasked')) {
			// Asked between two doors: no transaction waits for a product.
			const answer = await answers(view.product.loginUrl ?? '');
			if (answer.kind !== 'answers') return fail(503, { answer, path, start, anyway });
		}
		const { url } = await inBusiness(event, (scope) =>
			launch(scope, {
				slug: params.slug,
				...(path ? { from: 'place', path } : { from: start ? 'start' : 'last' }),
				anyway,
				userAgent: request.headers.get('user-agent') ?? ''
			})
		);
		redirect(303, url, { external: [new URL(url).origin] });
	}
};
