import { createDatabase, type Database } from '#server/platform/database.ts';
import { fixedClock } from '#server/platform/clock.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { setRuntime, type Runtime } from '#server/platform/runtime.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestRuntime extends Runtime {
	clock: ReturnType<typeof fixedClock>;
	connection: TestDatabase['connection'];
	stop(): Promise<void>;
}

/** A runtime of this test file's own: an empty migrated database and a clock that stands at `at`. */
export async function startTestRuntime(
	at = new Date('2026-11-25T09:00:00Z')
): Promise<TestRuntime> {
	const { connection, secrets, drop } = await createTestDatabase();
	const log = createLog('silent');
	const database: Database = createDatabase({ connection, secrets, log });
	const live = createLive(() => database.connectListener(), log);
	const runtime = {
		database,
		clock: fixedClock(at),
		secrets,
		log,
		live,
		publicUrl: 'http://localhost:3000',
		development: true
	};
	setRuntime(runtime);
	return {
		...runtime,
		connection,
		async stop() {
			setRuntime(null);
			await live.close();
			await database.close();
			await drop();
		}
	};
}
