import { error, fail, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import {
	answers,
	launch,
	readLauncher,
	type LaunchRefusal,
	type LaunchView
} from '#server/modules/launch/index.ts';
import { inBusiness, page } from '#server/web/page.ts';
import { productOrigins } from '#server/web/products.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	// The page that says no has a form too: it takes the person back to the product.
	event.locals.formTargets = await productOrigins();
	return page(async (scope, { params }: typeof event) => {
		const view = await readLauncher(scope, { slug: params.slug });
		if (view.refusal) refuse(view, view.refusal);
		const { product, places, newTab } = view;
		return {
			title: m.launch_title({ product: product.name }),
			product: { slug: product.slug, name: product.name, mark: product.mark },
			place: places[0]?.label ?? null,
			newTab,
			zone: scope.actor.timeZone,
			now: scope.now
		};
	})(event);
};

export const actions: Actions = {
	default: async (event) => {
		const { params, request, locals } = event;
		if (!(await locals.viewer())) {
			// The session ended while the page was open: after signing in the person is asked once more.
			redirect(303, `/login?return_to=${encodeURIComponent(`/launch/${params.slug}`)}`);
		}
		const fields = await request.formData();
		const view = await inBusiness(event, (scope) => readLauncher(scope, { slug: params.slug }));
		if (view.refusal) refuse(view, view.refusal);
		// Asked between two doors: no transaction waits for a product.
		if (!(await answers(view.product.loginUrl ?? ''))) return fail(503, { silent: true });
		const { url } = await inBusiness(event, (scope) =>
			launch(scope, {
				slug: params.slug,
				from: fields.get('from') === 'start' ? 'start' : 'last',
				userAgent: request.headers.get('user-agent') ?? ''
			})
		);
		redirect(303, url, { external: [new URL(url).origin] });
	}
};

function refuse({ product: { name }, granters }: LaunchView, refusal: LaunchRefusal): never {
	const [first, second] = granters;
	const words: Record<LaunchRefusal, () => string> = {
		no_access: () =>
			first === undefined
				? m.launch_no_access({ product: name })
				: second === undefined
					? m.launch_no_access_ask({ product: name, person: first })
					: m.launch_no_access_ask_two({ product: name, person: first, other: second }),
		not_subscribed: () => m.launch_not_subscribed({ product: name }),
		suspended: () => m.launch_suspended({ product: name }),
		ended: () => m.launch_ended({ product: name }),
		no_address: () => m.launch_no_address({ product: name })
	};
	error(403, words[refusal](), { code: refusal });
}
