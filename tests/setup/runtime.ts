import { fixedClock } from '#server/platform/clock.ts';
import { createDatabase } from '#server/platform/database.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { setRuntime, type Runtime } from '#server/platform/runtime.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestRuntime extends Runtime {
	/** Stands still until the test moves it. */
	clock: ReturnType<typeof fixedClock>;
	/** As the owner: for looking at what no door shows. */
	connection: TestDatabase['connection'];
	stop(): Promise<void>;
}

/**
 * What doors, use cases and jobs run on, over a database of this test file's own. In `beforeAll`; `stop` in
 * `afterAll`, after whatever else was started (`startJobs`) has been stopped.
 */
export async function openTestRuntime(options: { now?: Date } = {}): Promise<TestRuntime> {
	const { connection, secrets, drop } = await createTestDatabase();
	const log = createLog('fatal');
	const database = createDatabase({ connection, secrets, log });
	const live = createLive(() => database.connectListener(), log);
	const runtime: TestRuntime = {
		database,
		clock: fixedClock(options.now ?? new Date('2026-11-18T09:30:00Z')),
		secrets,
		log,
		live,
		publicUrl: 'http://localhost:3000',
		development: true,
		connection,
		async stop() {
			setRuntime(null);
			await live.close();
			await database.close();
			await drop();
		}
	};
	setRuntime(runtime);
	return runtime;
}
