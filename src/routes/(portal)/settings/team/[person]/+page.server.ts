import { error, redirect } from '@sveltejs/kit';
import {
	changeMember,
	inviteAgain,
	listMembers,
	removeMember
} from '#server/modules/businesses/index.ts';
import { listAccesses } from '#server/modules/launch/index.ts';
import { toRefusal } from '#server/web/failures.ts';
import { form, inBusiness, mayDo, page, requireMember } from '#server/web/page.ts';
import { listOpenable, setAccesses } from '../access.server.ts';
import { boxName } from '../boxes.ts';
import { grantable } from '../roles.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = page(async (scope, { params, url }: PageServerLoadEvent) => {
	const { actor } = scope;
	const [members, accesses, products] = await Promise.all([
		listMembers(scope, {}),
		listAccesses(scope, {}),
		listOpenable(scope)
	]);
	const member = members.find(({ personId }) => personId === params.person);
	if (!member) error(404, 'This person is not in your team.', { code: 'not_found' });
	if (!mayDo(actor, 'member.change'))
		error(403, 'Owners and admins change who may do what.', { code: 'forbidden' });
	const self = member.personId === actor.personId;
	return {
		title: member.name,
		zone: actor.timeZone,
		member,
		self,
		/** Whether role and membership are the reader's to change: those of owners are for owners. */
		mayChange: !self && (member.role !== 'owner' || actor.role === 'owner'),
		roles: [...grantable(actor.role)],
		products,
		opens: accesses
			.filter(({ personId }) => personId === member.personId)
			.map(({ productId }) => productId),
		done: url.searchParams.get('done')
	};
});

const back = (person: string | undefined, done: string): string =>
	`/settings/team/${encodeURIComponent(person ?? '')}?done=${done}`;

export const actions: Actions = {
	role: form(changeMember, {
		input: ({ role }, { params }) => ({ personId: params['person'], role }),
		done: (_, { params }) => ({ to: back(params['person'], 'role') })
	}),
	access: async (event) => {
		const data = await event.request.formData();
		const { person } = event.params;
		await inBusiness(event, (scope) =>
			setAccesses(scope, person, (slug) => data.has(boxName(slug)))
		);
		redirect(303, back(person, 'access'));
	},
	again: async (event) => {
		const { member } = await requireMember(event);
		const { person } = event.params;
		try {
			await inviteAgain(member, { personId: person });
		} catch (failure) {
			return toRefusal(failure, {});
		}
		redirect(303, back(person, 'again'));
	},
	remove: form(removeMember, {
		input: (_, { params }) => ({ personId: params['person'] }),
		done: () => ({ to: '/settings/team?done=removed' })
	})
};
