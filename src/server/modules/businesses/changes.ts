import * as v from 'valibot';
import { Conflict, Forbidden, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { roles, type Role } from '../../platform/permissions.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { checkGrantable } from './memberships.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'member.changed': { personId: string; from: Role; to: Role };
		'member.removed': { personId: string };
	}
}

/**
 * Gives a member another role.
 * @throws NotFound; Conflict `member_self`, `last_owner`; Forbidden and Invalid where it takes an owner
 */
export const changeMember = usecase(
	'member.change',
	v.object({ personId: v.string(), role: v.picklist(roles, 'Choose a role.') }),
	async (scope, { personId, role }) => {
		checkGrantable(scope, role);
		const from = await lockMember(scope, personId);
		if (from === role) return;
		await scope.db
			.updateTable('businesses.memberships')
			.set({ role })
			.where('business_id', '=', businessOf(scope))
			.where('person_id', '=', personId)
			.execute();
		await emit(scope, 'member.changed', { personId, from, to: role });
	}
);

/**
 * Takes a member out of the business: at once out of its pages, and out of its products when the jobs
 * that hear of it have run.
 * @throws NotFound; Conflict `member_self`, `last_owner`; Forbidden for an owner where it takes one
 */
export const removeMember = usecase(
	'member.remove',
	v.object({ personId: v.string() }),
	async (scope, { personId }) => {
		await lockMember(scope, personId);
		await scope.db
			.deleteFrom('businesses.memberships')
			.where('business_id', '=', businessOf(scope))
			.where('person_id', '=', personId)
			.execute();
		await emit(scope, 'member.removed', { personId });
	}
);

/** The member's role, held until commit together with the owners, so that two of them cannot end each other. */
async function lockMember(scope: Scope, personId: string): Promise<Role> {
	const { actor } = scope;
	if (actor.kind === 'member' && actor.personId === personId)
		throw new Conflict(
			'member_self',
			'Your own role and membership are for another owner to change.'
		);
	const rows = await scope.db
		.selectFrom('businesses.memberships')
		.select(['person_id', 'role'])
		.where('business_id', '=', businessOf(scope))
		.where((row) => row.or([row('role', '=', 'owner'), row('person_id', '=', personId)]))
		.orderBy('person_id')
		.forUpdate()
		.execute();
	const member = rows.find((row) => row.person_id === personId);
	if (!member) throw new NotFound('This member');
	if (member.role === 'owner') {
		if (actor.kind === 'member' && actor.role !== 'owner')
			throw new Forbidden('Only an owner can change an owner.');
		if (rows.filter((row) => row.role === 'owner').length < 2)
			throw new Conflict('last_owner', 'A business keeps at least one owner.');
	}
	return member.role as Role;
}
