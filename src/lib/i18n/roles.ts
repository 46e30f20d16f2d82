import { m } from '#lib/paraglide/messages.js';

/** What a role in a business is called. */
export function roleName(role: 'owner' | 'admin' | 'billing' | 'member'): string {
	switch (role) {
		case 'owner':
			return m.shell_role_owner();
		case 'admin':
			return m.shell_role_admin();
		case 'billing':
			return m.shell_role_billing();
		case 'member':
			return m.shell_role_member();
	}
}
