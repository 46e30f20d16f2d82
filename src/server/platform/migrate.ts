import { readdir, readFile } from 'node:fs/promises';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import pg from 'pg';
import type { Connection } from './database.ts';
import { installJobs } from './jobs.ts';
import { ensureRoles, ownerConfig } from './roles.ts';
import type { Secrets } from './secrets.ts';

const folder = new URL('../../../migrations/', import.meta.url);

/**
 * Brings the schema up to date as the owner: roles, the SQL files that have not run yet in one
 * transaction, the job tables. Safe to run from several processes at once.
 * @returns the names of the migrations that ran now.
 */
export async function migrate(connection: Connection, secrets: Secrets): Promise<string[]> {
	const owner = new pg.Client(ownerConfig(connection));
	await owner.connect();
	try {
		await ensureRoles(owner, secrets);
	} finally {
		await owner.end();
	}

	const db = new Kysely<unknown>({
		dialect: new PostgresDialect({ pool: new pg.Pool({ ...ownerConfig(connection), max: 2 }) })
	});
	try {
		const { error, results = [] } = await new Migrator({
			db,
			provider: { getMigrations }
		}).migrateToLatest();
		if (error) {
			const failed = results.find((result) => result.status === 'Error');
			throw new Error(`The migration ${failed?.migrationName ?? ''} failed: ${String(error)}`, {
				cause: error
			});
		}
		await installJobs(connection);
		return results.map((result) => result.migrationName);
	} finally {
		await db.destroy();
	}
}

async function getMigrations(): Promise<Record<string, Migration>> {
	const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
	const migrations: Record<string, Migration> = {};
	for (const file of files) {
		const text = await readFile(new URL(file, folder), 'utf8');
		migrations[file.replace(/\.sql$/, '')] = {
			async up(db) {
				// Rather fail than queue behind a long query and block every query behind us.
				await db.executeQuery(CompiledQuery.raw("set local lock_timeout = '5s'"));
				await db.executeQuery(CompiledQuery.raw(text));
			}
		};
	}
	return migrations;
}
