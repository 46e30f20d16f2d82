import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Secrets } from '#server/platform/secrets.ts';
import { testSecrets } from './secrets.ts';

export interface TestDatabase {
	/** As the owner, who alone may change the schema; doors log in as roles of their own. */
	connection: { host: string; port: number; user: string; database: string };
	secrets: Secrets;
	/** Ends every connection to it and removes it. */
	drop(): Promise<void>;
}

/** A migrated, empty database for one test file: a clone of the template, gone with `drop`. */
export async function createTestDatabase(): Promise<TestDatabase> {
	const template = inject('database');
	const name = `test_${randomBytes(8).toString('hex')}`;
	await onServer(`create database ${name} template ${template.database} owner ${template.user}`);
	return {
		connection: { ...template, database: name },
		secrets: testSecrets,
		drop: () => onServer(`drop database ${name} with (force)`)
	};
}

async function onServer(statement: string): Promise<void> {
	// Not from within the template, since a database that anyone is connected to cannot be cloned; and as the
	// superuser, who may end the connections of every role.
	const client = new pg.Client({ ...inject('database'), user: 'postgres', database: 'postgres' });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}
