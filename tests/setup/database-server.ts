import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '#server/platform/migrate.ts';
import { startEmbedded, type Embedded } from '#server/platform/embedded/index.ts';
import { createLog } from '#server/platform/log.ts';
import { testSecrets } from './secrets.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** The test server, as its owner reaches it; its database is the migrated template. */
		database: Embedded['connection'];
	}
}

/** One PostgreSQL for the whole run, in a directory of its own, with one migrated database to clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const directory = mkdtempSync(path.join(tmpdir(), 'evolve-test-'));
	const embedded = await startEmbedded({
		dataDir: directory,
		profile: 'test',
		log: createLog('fatal')
	});
	const stop = async (): Promise<void> => {
		await embedded.stop();
		rmSync(directory, { recursive: true, force: true });
	};
	try {
		await migrate(embedded.connection, testSecrets);
	} catch (error) {
		await stop();
		throw error;
	}
	project.provide('database', embedded.connection);
	return stop;
}
