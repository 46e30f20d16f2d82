import { allowed, type Permission } from '../../platform/permissions.ts';
import type { Scope } from '../../platform/scope.ts';
import { listMembers } from '../businesses/index.ts';

/** The members of a business whose role allows something. */
export async function whoMay(
	scope: Scope,
	businessId: string,
	permission: Permission
): Promise<string[]> {
	const members = await listMembers(scope, { businessId });
	return members.filter(({ role }) => allowed(role, permission)).map(({ personId }) => personId);
}

/** The person, if they still belong to the business: they may have left since what they are to be told of. */
export async function ifMember(
	scope: Scope,
	businessId: string,
	personId: string
): Promise<string[]> {
	const members = await listMembers(scope, { businessId });
	return members.some((member) => member.personId === personId) ? [personId] : [];
}
