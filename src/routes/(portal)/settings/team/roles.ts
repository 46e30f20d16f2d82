import { m } from '#lib/paraglide/messages.js';
import type { MemberView } from '#server/modules/businesses/index.ts';

export type Role = MemberView['role'];

/** From the one that may most to the one that may least. */
const roles: readonly Role[] = ['owner', 'admin', 'billing', 'member'];

/** What somebody with this role may do. */
export function roleText(role: Role): string {
	switch (role) {
		case 'owner':
			return m.settings_role_owner();
		case 'admin':
			return m.settings_role_admin();
		case 'billing':
			return m.settings_role_billing();
		case 'member':
			return m.settings_role_member();
	}
}

/** The roles that somebody with this role can give. */
export function grantable(by: Role): readonly Role[] {
	return by === 'owner' ? roles : roles.filter((role) => role !== 'owner');
}
