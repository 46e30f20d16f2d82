import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const tablesFile = path.join(root, 'src/server/platform/tables.ts');

/** The types of all tables, as the generator writes them from a migrated database. */
export function generateTables(connection: {
	host: string;
	user: string;
	database: string;
}): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'evolve-tables-'));
	const out = path.join(folder, 'tables.ts');
	try {
		const { status, stderr } = spawnSync(
			process.execPath,
			[
				path.join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
				'--dialect=postgres',
				`--url=postgres://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.host)}`,
				'--default-schema=none',
				'--exclude-pattern=(jobs|public|none).*',
				'--date-parser=string',
				'--numeric-parser=string',
				'--type-mapping={"int8":"bigint"}',
				`--out-file=${out}`
			],
			{ cwd: root, encoding: 'utf8' }
		);
		if (status !== 0) throw new Error(`The types of the tables could not be made: ${stderr}`);
		return readFileSync(out, 'utf8');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
