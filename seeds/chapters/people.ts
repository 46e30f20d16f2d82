import { addMember, createBusiness, listMembers } from '#server/modules/businesses/index.ts';
import { createPerson, findPerson } from '#server/modules/identity/index.ts';
import type { Role } from '#server/platform/permissions.ts';
import type { Scope } from '#server/platform/scope.ts';
import { passwordOf } from '../accounts.ts';
import type { StoryPerson } from '../people.ts';
import { asSystem, findBusiness } from '../telling.ts';

/** @returns the id of the business, made where it is not there yet */
export async function tellBusiness(
	name: string,
	at: Date,
	/** What is told in the same transaction. */
	also: (scope: Scope, businessId: string) => Promise<unknown>
): Promise<string> {
	const found = await findBusiness(name, at);
	if (found) return found.id;
	return asSystem(async (scope) => {
		const { id } = await createBusiness(scope, { name });
		await also(scope, id);
		return id;
	}, at);
}

/** Each person comes and joins at their own moment. */
export async function tellPeople(
	businessId: string,
	people: Pick<StoryPerson, 'email' | 'name' | 'role' | 'joinedAt'>[],
	now: Date
): Promise<void> {
	const members = await asSystem((scope) => listMembers(scope, { businessId }), now);
	const known = new Set(members.map(({ email }) => email));
	for (const person of people)
		if (!known.has(person.email))
			await asSystem((scope) => join(scope, businessId, person), person.joinedAt);
}

export async function join(
	scope: Scope,
	businessId: string,
	{ email, name, role }: { email: string; name: string; role: Role }
): Promise<void> {
	// Somebody who belongs to two businesses is there when they join the second.
	const found = await findPerson(scope, { email });
	const { id: personId } =
		found ?? (await createPerson(scope, { email, name, password: passwordOf(email) }));
	await addMember(scope, { businessId, personId, role });
}

/** The vendor's agent. */
export function tellStaff(
	{ email, name }: { email: string; name: string },
	at: Date
): Promise<string> {
	return asSystem(async (scope) => {
		const found = await findPerson(scope, { email });
		if (found) return found.id;
		const password = passwordOf(email);
		return (await createPerson(scope, { email, name, password, staff: true })).id;
	}, at);
}
