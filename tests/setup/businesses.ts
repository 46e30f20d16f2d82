import { addMember, createBusiness } from '#server/modules/businesses/index.ts';
import { createPerson } from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Role } from '#server/platform/permissions.ts';
import type { Member } from '#server/platform/scope.ts';

export interface TwoBusinesses {
	mavuno: Member;
	/** The other one: every list must prove that it stays hidden. */
	pwani: Member;
}

/** Two businesses with an owner each, since a test with one cannot notice that they mix. */
export async function createTwoBusinesses(): Promise<TwoBusinesses> {
	return {
		mavuno: await createOwner('Mavuno Traders Ltd', 'Wanjiku Kamau', 'wanjiku@mavuno.example'),
		pwani: await createOwner('Pwani Farmers Co-operative', 'Amina Salim', 'amina@pwani.example')
	};
}

async function createOwner(business: string, name: string, email: string): Promise<Member> {
	return withSystem('test', async (scope) => {
		const { id: businessId } = await createBusiness(scope, { name: business });
		return joinAs(scope, businessId, name, email, 'owner');
	});
}

/** A further member of a business. */
export function createMember(
	businessId: string,
	name: string,
	email: string,
	role: Role
): Promise<Member> {
	return withSystem('test', (scope) => joinAs(scope, businessId, name, email, role));
}

async function joinAs(
	scope: Parameters<typeof addMember>[0],
	businessId: string,
	name: string,
	email: string,
	role: Role
): Promise<Member> {
	const { id: personId } = await createPerson(scope, { email, name, password: null });
	await addMember(scope, { businessId, personId, role });
	return { kind: 'member', businessId, personId, name, role, timeZone: 'Africa/Nairobi' };
}
