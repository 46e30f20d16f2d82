import { Invalid } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { listProductRoles } from '../catalogue/index.ts';

/** What somebody is in a product that has declared no roles. */
export const undeclaredRole = 'user';

/**
 * The role that somebody gets: the one asked for, or the product's default. A product that declared roles
 * takes those alone; one that it has retired since is kept by whoever holds it.
 * @throws Invalid on `role`
 */
export async function roleIn(
	scope: Scope,
	{ product, role, held }: { product: string; role?: string | undefined; held?: string | undefined }
): Promise<string> {
	const known = (await listProductRoles(scope, { product })).filter(({ retired }) => !retired);
	if (role !== undefined && role === held) return role;
	if (known.length === 0) return role ?? undeclaredRole;
	const chosen =
		role === undefined
			? known.find(({ isDefault }) => isDefault)
			: known.find(({ slug }) => slug === role);
	if (chosen) return chosen.slug;
	const names = known.map(({ name, slug }) => `${name} (${slug})`).join(', ');
	throw new Invalid([{ path: 'role', message: `Choose one of the product’s roles: ${names}.` }]);
}

/** For somebody who is let in without a choice: the product's default role, or the first that it names. */
export async function firstRoleIn(scope: Scope, product: string): Promise<string> {
	const known = (await listProductRoles(scope, { product })).filter(({ retired }) => !retired);
	return (known.find(({ isDefault }) => isDefault) ?? known[0])?.slug ?? undeclaredRole;
}
