import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { inviteMember, listMembers } from '#server/modules/businesses/index.ts';
import { listAccesses, listGranters } from '#server/modules/launch/index.ts';
import { keptValues, toRefusal } from '#server/web/failures.ts';
import { inBusiness, mayDo, page, requireMember } from '#server/web/page.ts';
import { textOf } from '../../parts/fields.ts';
import { listOpenable, setAccesses } from './access.server.ts';
import { boxName } from './boxes.ts';
import { grantable, type Role } from './roles.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = page(async (scope, { url }) => {
	const { actor } = scope;
	const [members, accesses, products, leaders] = await Promise.all([
		listMembers(scope, {}),
		listAccesses(scope, {}),
		listOpenable(scope),
		listGranters(scope, {})
	]);
	return {
		title: m.settings_team(),
		zone: actor.timeZone,
		me: actor.personId,
		members: members.map((member) => ({
			...member,
			opens: products.filter(({ id }) =>
				accesses.some((access) => access.personId === member.personId && access.productId === id)
			)
		})),
		products,
		mayInvite: mayDo(actor, 'member.add'),
		roles: [...grantable(actor.role)],
		leaders,
		done: url.searchParams.get('done')
	};
});

export const actions: Actions = {
	default: async (event) => {
		const { member } = await requireMember(event);
		const data = await event.request.formData();
		try {
			const { personId } = await inviteMember(member, {
				email: textOf(data, 'email'),
				name: textOf(data, 'name'),
				// Any text may be posted; the use case knows the roles.
				role: textOf(data, 'role') as Role
			});
			await inBusiness(event, (scope) =>
				setAccesses(scope, personId, (slug) => data.has(boxName(slug)))
			);
		} catch (failure) {
			return toRefusal(failure, keptValues(data));
		}
		redirect(303, '/settings/team?done=invited');
	}
};
