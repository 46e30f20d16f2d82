import { on } from '../../platform/jobs.ts';
import { post } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';
import {
	endSessionsOf,
	listPersons,
	makePasswordLink,
	passwordLinkHours,
	setBusinessesOfPersons
} from '../identity/index.ts';
import { invitationLetter } from './letters.ts';
import { listMembershipsOf } from './memberships.ts';
// For the types of the events that they tell.
import type {} from './changes.ts';
import type {} from './invitations.ts';

setBusinessesOfPersons(async (scope, personId) =>
	(await listMembershipsOf(scope, { personId })).map(({ businessId }) => businessId)
);

on('member.invited', 'businesses.invitation-letter', async (scope, { businessId, actor, data }) => {
	const { personId } = data;
	const [member, [person]] = await Promise.all([
		scope.db
			.selectFrom('businesses.memberships as m')
			.innerJoin('businesses.businesses as b', 'b.id', 'm.business_id')
			.select('b.name as business')
			.where('m.business_id', '=', businessId)
			.where('m.person_id', '=', personId)
			.executeTakeFirst(),
		listPersons(scope, { ids: [personId] })
	]);
	// Removed again before the letter was written.
	if (!member || !person) return;
	await post(
		scope,
		invitationLetter({
			name: person.name,
			email: person.email,
			business: member.business,
			inviter: actor.name,
			first: person.hasPassword
				? null
				: { link: await makePasswordLink(scope, { personId }), hours: passwordLinkHours },
			signIn: `${runtime().publicUrl}/login`
		})
	);
});

// A session may hold sign-ins to the products of several businesses, and ends with all of them.
on('member.removed', 'businesses.member-removed', async (scope, { data }) => {
	await endSessionsOf(scope, { personId: data.personId });
});
