import { setRuntime } from '#server/platform/runtime.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createDatabase, type Connection } from '#server/platform/database.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { recordEvents, type UsageEvent } from '#server/modules/usage/index.ts';
import { recount } from '#server/modules/usage/recount.ts';
import { Expected, TooMany } from '#server/platform/errors.ts';
import { testSecrets } from './secrets.ts';

/** What a test hands to a process that counts until it is killed. */
export interface Task {
	connection: Connection;
	key: { id: string; productId: string };
	at: string;
	/** Sent in this order, several at a time. */
	batches: UsageEvent[][];
	/** A recount to go on with meanwhile. */
	recount?: string;
	/** It kills itself a moment after so many were acknowledged, however slow whoever watches it is. */
	killsItselfAfter?: number;
}

/** Told after each batch that was acknowledged: its position. */
export type Acknowledged = number;

let opened = false;

function open({ connection }: Task): void {
	if (opened) return;
	opened = true;
	const log = createLog('silent');
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
}

/**
 * Sends a batch until it is taken, as a product does.
 * @returns false when it corrects an event that was not received yet
 */
async function insist(batch: UsageEvent[], { key, at }: Task): Promise<boolean> {
	for (;;) {
		try {
			await recordEvents(batch, key, { at: new Date(at) });
			return true;
		} catch (error) {
			if (error instanceof Expected && error.code === 'unknown_original') return false;
			if (!(error instanceof TooMany)) throw error;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
}

process.on('message', (task: Task) => {
	open(task);
	if (task.recount !== undefined) void recount(task.recount);
	const left = [...task.batches.entries()];
	let acknowledged = 0;
	const acknowledge = (index: Acknowledged): void => {
		process.send?.(index);
		acknowledged += 1;
		if (acknowledged === task.killsItselfAfter)
			setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 5);
	};
	for (let lane = 0; lane < 6; lane++)
		void (async () => {
			for (;;) {
				const [next] = left.splice(0, 1);
				if (!next) return;
				const [index, batch] = next;
				if (await insist(batch, task)) acknowledge(index);
				else {
					await new Promise((resolve) => setTimeout(resolve, 20));
					left.push(next);
				}
			}
		})();
});
