import { setRuntime } from '#server/platform/runtime.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createDatabase, type Connection } from '#server/platform/database.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { recordEvents, type UsageEvent } from '#server/modules/usage/index.ts';
import { testSecrets } from './secrets.ts';

/** What a test hands to a process that counts until it is killed. */
export interface Task {
	connection: Connection;
	key: { id: string; productId: string };
	at: string;
	/** Sent in this order, several at a time. */
	batches: UsageEvent[][];
}

/** Told after each batch that was acknowledged: its position. */
export type Acknowledged = number;

process.once('message', (task: Task) => {
	const log = createLog('silent');
	const { connection } = task;
	const database = createDatabase({ connection, secrets: testSecrets, log });
	setRuntime({
		database,
		clock: systemClock,
		secrets: testSecrets,
		log,
		live: createLive(() => database.connectListener(), log),
		publicUrl: 'http://localhost',
		development: true
	});
	const at = new Date(task.at);
	let next = 0;
	for (let lane = 0; lane < 6; lane++)
		void (async () => {
			for (;;) {
				const index = next++;
				const batch = task.batches[index];
				if (!batch) return;
				await recordEvents(batch, task.key, { at });
				process.send?.(index satisfies Acknowledged);
			}
		})();
});
