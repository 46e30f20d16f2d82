import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { listMembers } from '#server/modules/businesses/index.ts';
import {
	chooseTab,
	grantAccess,
	listAccesses,
	readLauncher,
	removeAccess
} from '#server/modules/launch/index.ts';
import { form, inBusiness, mayDo, page } from '#server/web/page.ts';
import { roleName } from '#lib/i18n/roles.ts';
import { initialsOf } from '#server/web/shell.ts';
import { textOf } from '../../../parts/fields.ts';
import { readProducts } from '../../../parts/products.server.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }) => {
	const [launcher, { own }, accesses, members] = await Promise.all([
		readLauncher(scope, { slug: params.slug }),
		readProducts(scope),
		listAccesses(scope, { product: params.slug }),
		listMembers(scope, {})
	]);
	const product = own.find(({ slug }) => slug === params.slug);
	if (!product) error(404, m.products_settings_not_yours(), { code: 'not_found' });

	const people = accesses.flatMap(({ personId, role, grantedAt }) => {
		const member = members.find((candidate) => candidate.personId === personId);
		return member
			? [
					{
						id: personId,
						name: member.name,
						initials: initialsOf(member.name),
						standing: roleName(member.role),
						role,
						since: grantedAt
					}
				]
			: [];
	});
	return {
		title: m.products_settings_title({ product: product.name }),
		now: scope.now,
		zone: scope.actor.timeZone,
		product,
		done: url.searchParams.get('done'),
		/** Null for those who cannot open it: there is nothing to choose. */
		tab: product.access.allowed ? (launcher.newTab ? ('new' as const) : ('same' as const)) : null,
		people,
		others: members
			.filter(({ personId }) => !people.some(({ id }) => id === personId))
			.map(({ personId, name }) => ({ id: personId, name })),
		maySet: mayDo(scope.actor, 'launch.access-manage'),
		granters: launcher.granters
	};
});

export const actions: Actions = {
	tab: form(chooseTab, {
		input: ({ tab }, { params }: RequestEvent) => ({ slug: params.slug, newTab: tab === 'new' }),
		done: (_, { params }) => ({ to: `/products/${params.slug}/settings?done=tab` })
	}),
	grant: form(grantAccess, {
		input: ({ person, role }, { params }: RequestEvent) => ({
			product: params.slug,
			personId: person,
			role
		}),
		done: (_, { params }) => ({ to: `/products/${params.slug}/settings?done=grant` })
	}),
	remove: async (event) => {
		const { slug } = event.params;
		const fields = await event.request.formData();
		const person = textOf(fields, 'person');
		await inBusiness(event, async (scope) => {
			// Sent twice, the second finds nothing left to do.
			const accesses = await listAccesses(scope, { product: slug });
			if (accesses.some(({ personId }) => personId === person))
				await removeAccess(scope, { product: slug, personId: person });
		});
		redirect(303, `/products/${slug}/settings?done=remove`);
	}
};
