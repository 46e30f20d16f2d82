import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from './log.ts';
import { pipelined, quicken } from './pipelining.ts';
import type { Secrets } from './secrets.ts';
import type { DB } from './tables.ts';

/** Where PostgreSQL is, as its owner reaches it. */
export type Connection =
	{ connectionString: string } | { host: string; port?: number; user: string; database: string };

/** The unprivileged roles that doors log in as. Only migrations log in as the owner. */
export const doorRoles = ['portal_app', 'portal_staff', 'portal_system'] as const;
export type DoorRole = (typeof doorRoles)[number];

export interface Door {
	pool: pg.Pool;
	db: Kysely<DB>;
	/** Lends one connection, on which queries that do not wait for each other share a round trip. */
	connect<R>(work: (db: Kysely<DB>) => Promise<R>): Promise<R>;
}

export interface Database {
	app: Door;
	staff: Door;
	system: Door;
	/** A connection of its own, for LISTEN, as the system role. */
	connectListener(): Promise<pg.Client>;
	close(): Promise<void>;
}

// Exact by default: int8 as bigint, civil dates as text (pg would make them instants in this
// machine's zone), numeric stays text.
const types: pg.CustomTypesConfig = {
	getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
		if (oid === pg.types.builtins.INT8) return (text: string) => BigInt(text);
		if (oid === pg.types.builtins.DATE) return (text: string) => text;
		return pg.types.getTypeParser(oid, format);
	}) as typeof pg.types.getTypeParser
};

/** The same server and database, logged in as `role`. */
export function connectionAs(
	connection: Connection,
	role: string,
	password: string
): pg.ClientConfig {
	if ('connectionString' in connection) {
		const url = new URL(connection.connectionString);
		url.username = role;
		url.password = password;
		return { connectionString: url.href, types };
	}
	return { ...connection, user: role, password, types };
}

export function rolePassword(secrets: Secrets, role: DoorRole): string {
	return secrets.derive(`database role ${role}`).toString('base64url');
}

export function createDatabase(options: {
	connection: Connection;
	secrets: Secrets;
	log: Logger;
	/** Connections a pool may hold; idle ones close after ten seconds. */
	size?: Partial<Record<DoorRole, number>>;
}): Database {
	const { connection, secrets, log } = options;

	const open = (role: DoorRole, max: number): Door => {
		const pool = new pg.Pool({
			...connectionAs(connection, role, rolePassword(secrets, role)),
			max: options.size?.[role] ?? max,
			application_name: `evolve ${role}`,
			// Queries of one transaction that do not wait for each other share a round trip.
			pipeline: true
		} as pg.PoolConfig);
		// A connection that the server ends must not end the process, neither at work (whoever uses it hears
		// of it from their query) nor idle; the next query opens another.
		pool.on('connect', (client) => {
			quicken(client);
			client.on('error', (error) => {
				log.warn({ role, error: error.message }, 'a database connection ended');
			});
		});
		pool.on('error', () => undefined);
		const dialect = new PostgresDialect({ pool });
		const db = new Kysely<DB>({ dialect });
		return { pool, db, connect: pipelined(db, dialect) };
	};

	const doors = {
		app: open('portal_app', 8),
		staff: open('portal_staff', 2),
		system: open('portal_system', 8)
	};

	return {
		...doors,
		async connectListener() {
			const client = new pg.Client({
				...connectionAs(connection, 'portal_system', rolePassword(secrets, 'portal_system')),
				application_name: 'evolve listener'
			});
			await client.connect();
			return client;
		},
		async close() {
			await Promise.all(Object.values(doors).map((door) => door.db.destroy()));
		}
	};
}
