import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import {
	askExport,
	cancelExport,
	chooseTab,
	grantAccess,
	listAccesses,
	listExports,
	removeAccess,
	removeAllAccesses,
	saveContact,
	saveLanding,
	signEverybodyOut
} from '#server/modules/launch/index.ts';
import { form, inBusiness, page } from '#server/web/page.ts';
import { textOf } from '../../../parts/fields.ts';
import { answersTo } from '../requests.server.ts';
import { readAlerts } from '../../../usage/alerts/alerts.server.ts';
import { alertActions } from './alerts.server.ts';
import { choiceActions, readNews } from './choices.server.ts';
import { readSettings } from './read.server.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }) => {
	const view = await readSettings(scope, params.slug);
	const [alerts, news] = await Promise.all([
		readAlerts(scope, params.slug),
		readNews(scope, params.slug)
	]);
	return {
		title: m.products_settings_title({ product: view.product.name }),
		done: url.searchParams.get('done'),
		view,
		alerts,
		news
	};
});

const here = (slug: string) => `/products/${slug}/settings`;
/** Comes back to the part of the page that the form stands in, with a word on what was done. */
const back =
	(done: string, part: string) =>
	(_: unknown, { params }: RequestEvent) => ({ to: `${here(params.slug)}?done=${done}#${part}` });

export const actions: Actions = {
	tab: form(chooseTab, {
		input: ({ tab }, { params }: RequestEvent) => ({ slug: params.slug, newTab: tab === 'new' }),
		done: back('tab', 'opens')
	}),
	landing: form(saveLanding, {
		input: ({ landing, always }, { params }: RequestEvent) => ({
			product: params.slug,
			landing,
			always: always !== undefined
		}),
		done: back('landing', 'landing')
	}),
	contact: form(saveContact, {
		input: ({ name, email, phone }, { params }: RequestEvent) => ({
			product: params.slug,
			name,
			email,
			phone
		}),
		done: back('contact', 'contact')
	}),
	grant: form(grantAccess, {
		input: ({ person, role }, { params }: RequestEvent) => ({
			product: params.slug,
			personId: person,
			role
		}),
		done: back('grant', 'access')
	}),
	remove: async (event) => {
		const { slug } = event.params;
		const person = textOf(await event.request.formData(), 'person');
		await inBusiness(event, async (scope) => {
			// Sent twice, the second finds nothing left to do.
			const accesses = await listAccesses(scope, { product: slug });
			if (accesses.some(({ personId }) => personId === person))
				await removeAccess(scope, { product: slug, personId: person });
		});
		redirect(303, `${here(slug)}?done=remove#access`);
	},
	...answersTo(here),
	...alertActions,
	...choiceActions,
	export: form(askExport, {
		input: ({ kind }, { params }: RequestEvent) => ({ product: params.slug, kind }),
		done: back('export', 'exports')
	}),
	cancel: async (event) => {
		const { slug } = event.params;
		const id = textOf(await event.request.formData(), 'export');
		await inBusiness(event, async (scope) => {
			const exports = await listExports(scope, { product: slug });
			const open = exports.some(
				(one) => one.id === id && (one.status === 'asked' || one.status === 'preparing')
			);
			// Ready or given up meanwhile: the list says which.
			if (open) await cancelExport(scope, { id });
		});
		redirect(303, `${here(slug)}?done=cancelled#exports`);
	},
	signOut: form(signEverybodyOut, {
		input: (_, { params }: RequestEvent) => ({ product: params.slug }),
		done: back('signed-out', 'danger')
	}),
	removeAll: async (event) => {
		const { slug } = event.params;
		await inBusiness(event, (scope) =>
			removeAllAccesses(scope, { product: slug, except: [scope.actor.personId] })
		);
		redirect(303, `${here(slug)}?done=removed-all#danger`);
	}
};
