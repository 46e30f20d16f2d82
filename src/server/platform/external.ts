import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { StartFailure } from './start-failure.ts';

/** The oldest PostgreSQL that has what the schema and its policies use (security_invoker views). */
const oldest = 15;

/** What passes by itself when the database and we are started together. */
const passing = new Set([
	'ECONNREFUSED',
	'ECONNRESET',
	'ETIMEDOUT',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'57P03',
	'53300'
]);

/**
 * Waits until the PostgreSQL of DATABASE_URL takes connections, for `patience` ms at most.
 * @throws StartFailure with a sentence that names host, port and database, and never the password
 */
export async function reachDatabase(connectionString: string, patience = 10_000): Promise<void> {
	const url = new URL(connectionString);
	const until = performance.now() + patience;
	for (;;) {
		const client = new pg.Client({ connectionString, connectionTimeoutMillis: 3_000 });
		// A connection that breaks off while it is being made says so twice.
		client.on('error', () => undefined);
		try {
			await client.connect();
			const { rows } = await client.query<{ version: number }>(
				"select current_setting('server_version_num')::int / 10000 as version"
			);
			const version = rows[0]?.version ?? 0;
			if (version >= oldest) return;
			throw new StartFailure(
				`The database at ${url.host} is PostgreSQL ${version}, and Evolve Business needs ${oldest} or newer. Point DATABASE_URL at a newer one.`
			);
		} catch (error) {
			if (error instanceof StartFailure) throw error;
			const { code, message } = describe(error);
			if (!isPassing(code, message) || performance.now() > until)
				throw unreachable(url, code, message);
			await wait(250);
		} finally {
			await client.end().catch(() => undefined);
		}
	}
}

function isPassing(code: string, message: string): boolean {
	return passing.has(code) || /timeout/i.test(message);
}

function unreachable(url: URL, code: string, message: string): StartFailure {
	const place = `${url.hostname}:${url.port || 5432}`;
	const database = decodeURIComponent(url.pathname.slice(1));
	const mending: Record<string, string> = {
		ECONNREFUSED: `nothing listens there. Start PostgreSQL there, or mend the host and port in DATABASE_URL.`,
		ENOTFOUND: `no machine has that name. Mend the host in DATABASE_URL.`,
		EAI_AGAIN: `its name could not be looked up. Mend the host in DATABASE_URL, or this machine's name servers.`,
		'28P01': `it refuses the user or the password. Mend them in DATABASE_URL.`,
		'28000': `it refuses the user (${message}). Mend the user in DATABASE_URL, or the server's pg_hba.conf.`,
		'3D000': `it has no database "${database}". Create it, or mend the name in DATABASE_URL.`
	};
	return new StartFailure(
		`The database at ${place} cannot be reached: ${mending[code] ?? `${message}. Check DATABASE_URL.`}`
	);
}

function describe(error: unknown): { code: string; message: string } {
	// Several addresses of one name were tried: each has its own error, and the first one tells.
	const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
	const { code = '', message = '' } = first as { code?: string; message?: string };
	return { code, message };
}
