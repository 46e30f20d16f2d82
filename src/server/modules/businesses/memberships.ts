import * as v from 'valibot';
import { emit } from '../../platform/events.ts';
import { Conflict, Invalid, violatedConstraint } from '../../platform/errors.ts';
import { roles, type Role } from '../../platform/permissions.ts';
import { businessOf, type Scope, type System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { listPersons } from '../identity/index.ts';
import { BusinessId, businessIn } from './businesses.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'member.added': { personId: string; role: Role };
	}
}

const AddMember = v.object({
	/** Needed where the door is confined to no business. */
	businessId: v.optional(BusinessId),
	personId: v.string(),
	role: v.picklist(roles)
});

/** Only an owner makes an owner. @throws Invalid */
export function checkGrantable({ actor }: Scope, role: Role): void {
	if (role === 'owner' && actor.kind === 'member' && actor.role !== 'owner')
		throw new Invalid([{ path: 'role', message: 'Only an owner can make somebody an owner.' }]);
}

/** @throws Conflict `member_already`; Invalid for an owner made by somebody who is none */
export const addMember = usecase('member.add', AddMember, async (scope, input) => {
	checkGrantable(scope, input.role);
	const businessId = businessIn(scope, input.businessId);
	try {
		await scope.db
			.insertInto('businesses.memberships')
			.values({
				business_id: businessId,
				person_id: input.personId,
				role: input.role,
				joined_at: scope.now
			})
			.execute();
	} catch (error) {
		if (violatedConstraint(error) === 'memberships_pkey') {
			throw new Conflict('member_already', 'This person belongs to the business already.');
		}
		throw error;
	}
	await emit(scope, 'member.added', { personId: input.personId, role: input.role }, businessId);
});

export interface MemberView {
	personId: string;
	name: string;
	email: string;
	role: Role;
	joinedAt: Date;
	/** False until the person has set a password. */
	hasPassword: boolean;
}

/** The members of the business by name. */
export const listMembers = usecase(
	'member.read',
	v.object({ businessId: v.optional(BusinessId) }),
	async (scope, { businessId }): Promise<MemberView[]> => {
		const rows = await scope.db
			.selectFrom('businesses.memberships')
			.select(['person_id', 'role', 'joined_at'])
			.where('business_id', '=', businessIn(scope, businessId))
			.execute();
		const persons = new Map(
			(await listPersons(scope, { ids: rows.map((row) => row.person_id) })).map((person) => [
				person.id,
				person
			])
		);
		return rows
			.map((row) => ({
				personId: row.person_id,
				name: persons.get(row.person_id)?.name ?? '',
				email: persons.get(row.person_id)?.email ?? '',
				role: row.role as Role,
				joinedAt: row.joined_at,
				hasPassword: persons.get(row.person_id)?.hasPassword ?? false
			}))
			.sort((one, other) => one.name.localeCompare(other.name));
	}
);

/** When each member of the scope's business joined, oldest first: enough for a count at any moment. */
export const listJoinings = usecase('member.read', v.object({}), async (scope): Promise<Date[]> => {
	const rows = await scope.db
		.selectFrom('businesses.memberships')
		.select('joined_at')
		.where('business_id', '=', businessOf(scope))
		.orderBy('joined_at')
		.execute();
	return rows.map((row) => row.joined_at);
});

/** How many members the scope's business had at a moment. */
export const countMembers = usecase(
	'member.read',
	v.object({ at: v.date() }),
	async (scope, { at }) => {
		const { count } = await scope.db
			.selectFrom('businesses.memberships')
			.select((select) => select.fn.countAll<bigint>().as('count'))
			.where('business_id', '=', businessOf(scope))
			.where('joined_at', '<=', at)
			.executeTakeFirstOrThrow();
		return Number(count);
	}
);

/** How many members each business has: for staff. One without any is not told. */
export const countMembersOfAll = usecase('business.list', v.object({}), async ({ db }) => {
	const rows = await db
		.selectFrom('businesses.memberships')
		.select((select) => ['business_id', select.fn.countAll<bigint>().as('count')])
		.groupBy('business_id')
		.execute();
	return rows.map((row) => ({ businessId: row.business_id, count: Number(row.count) }));
});

export interface Membership {
	businessId: string;
	name: string;
	timeZone: string;
	currency: string;
	role: Role;
}

/** The businesses that a person belongs to, by name: for sign-in and for changing business. */
export async function listMembershipsOf(
	scope: Scope<System>,
	{ personId }: { personId: string }
): Promise<Membership[]> {
	const rows = await scope.db
		.selectFrom('businesses.memberships as m')
		.innerJoin('businesses.businesses as b', 'b.id', 'm.business_id')
		.select(['b.id', 'b.name', 'b.time_zone', 'b.currency', 'm.role'])
		.where('m.person_id', '=', personId)
		.orderBy('b.name')
		.execute();
	return rows.map((row) => ({
		businessId: row.id,
		name: row.name,
		timeZone: row.time_zone,
		currency: row.currency,
		role: row.role as Role
	}));
}
