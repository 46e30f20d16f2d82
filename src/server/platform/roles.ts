import pg from 'pg';
import { doorRoles, rolePassword, type Connection } from './database.ts';
import type { Secrets } from './secrets.ts';

/** How the owner connects: the one login that may change the schema. */
export function ownerConfig(connection: Connection): pg.ClientConfig {
	return { ...connection, application_name: 'evolve owner' };
}

/**
 * Makes the doors' roles and sets their passwords, which are derived from the installation's key: any
 * number of processes that share the key agree on them without storing them.
 */
export async function ensureRoles(owner: pg.Client, secrets: Secrets): Promise<void> {
	// Roles belong to the whole server, so two databases of one server must not do this at the same time.
	await owner.query('select pg_advisory_lock(4611686018427387)');
	try {
		for (const role of doorRoles) {
			const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role]);
			// Only a superuser may so much as name these two of a role that exists, and the owner need not be one.
			const begin = rowCount ? 'alter role' : 'create role';
			const unprivileged = rowCount ? '' : 'nosuperuser nobypassrls';
			const password = pg.escapeLiteral(rolePassword(secrets, role));
			await owner.query(
				`${begin} ${pg.escapeIdentifier(role)} login ${unprivileged} nocreatedb nocreaterole noinherit password ${password}`
			);
		}
	} finally {
		await owner.query('select pg_advisory_unlock(4611686018427387)');
	}
}
