import * as v from 'valibot';
import { withBusiness, withSystem } from '../../platform/doors.ts';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { limit } from '../../platform/limits.ts';
import { roles } from '../../platform/permissions.ts';
import type { Member, Scope, System } from '../../platform/scope.ts';
import { oneLine } from '../../platform/schemas.ts';
import { usecase } from '../../platform/usecase.ts';
import { createPerson, Email, findPerson } from '../identity/index.ts';
import { addMember, checkGrantable, listMembers } from './memberships.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** A letter to this member is due. */
		'member.invited': { personId: string };
	}
}

const Invitation = v.object({
	email: Email,
	/** What a new person is called; somebody who has an account keeps their own name. */
	name: v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('Write the name of your colleague.'),
		v.maxLength(120, 'A name has at most 120 characters.'),
		oneLine('A name is one line.')
	),
	role: v.picklist(roles, 'Choose a role.')
});

/** Letters that a business may have sent in a day: enough for a company, too few for a nuisance. */
const letters = limit('invitations', 60, 86_400);

/**
 * Makes somebody a member of the inviter's business, whether they have an account or not, and has a
 * letter sent to them: with a link to set a password where they have none.
 *
 * No single door may do all of it. Members do not see who else has an account, so the person is found
 * or made behind the system's door, between the two of the business that decide and join.
 *
 * @throws Invalid; Forbidden; TooMany; Conflict `member_already`, `vendor_staff`
 */
export async function inviteMember(
	inviter: Member,
	input: v.InferInput<typeof Invitation>
): Promise<{ personId: string; email: string }> {
	const { email, name, role } = await withBusiness(inviter, (scope) =>
		checkInvitation(scope, input)
	);
	await letters.take(inviter.businessId);
	const personId = await withSystem('businesses.invite', (scope) =>
		findOrMake(scope, { email, name })
	);
	await withBusiness(inviter, async (scope) => {
		await addMember(scope, { personId, role });
		await emit(scope, 'member.invited', { personId });
	});
	return { personId, email };
}

const checkInvitation = usecase('member.add', Invitation, async (scope, invitation) => {
	checkGrantable(scope, invitation.role);
	const wanted = invitation.email.toLowerCase();
	const members = await listMembers(scope, {});
	if (members.some(({ email }) => email.toLowerCase() === wanted))
		throw new Conflict('member_already', 'Somebody with this address is in your team already.');
	return invitation;
});

async function findOrMake(
	scope: Scope<System>,
	{ email, name }: { email: string; name: string }
): Promise<string> {
	const person = await findPerson(scope, { email });
	// A member of a business acts for it alone, and staff for all: nobody is both.
	if (person?.staff)
		throw new Conflict(
			'vendor_staff',
			'This address belongs to somebody of the vendor’s own staff.'
		);
	return (person ?? (await createPerson(scope, { email, name, password: null }))).id;
}

/**
 * Has the letter sent again to a member who has not set a password yet: links in letters grow old.
 * @throws NotFound; Forbidden; TooMany; Conflict `has_password`
 */
export async function inviteAgain(
	inviter: Member,
	input: { personId: string }
): Promise<{ email: string }> {
	await letters.take(inviter.businessId);
	return withBusiness(inviter, (scope) => sendAgain(scope, input));
}

const sendAgain = usecase(
	'member.add',
	v.object({ personId: v.string() }),
	async (scope, { personId }) => {
		const member = (await listMembers(scope, {})).find((one) => one.personId === personId);
		if (!member) throw new NotFound('This member');
		if (member.hasPassword)
			throw new Conflict('has_password', `${member.name} has set a password already.`);
		await emit(scope, 'member.invited', { personId });
		return { email: member.email };
	}
);
