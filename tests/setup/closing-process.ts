import pg from 'pg';
import { setRuntime } from '#server/platform/runtime.ts';
import { fixedClock } from '#server/platform/clock.ts';
import { createDatabase, type Connection } from '#server/platform/database.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { closeDue } from '#server/modules/closing/index.ts';
import { testSecrets } from './secrets.ts';

/** What a test hands to a process that closes what is due. */
export interface ClosingTask {
	connection: Connection;
	at: string;
	/** Businesses a transaction. */
	size: number;
	/** It kills itself as soon as it has sent so many questions to the database, answered or not. */
	killsItselfAfter?: number | undefined;
}

/** Told when nothing more was due. */
export type ClosingReport = Awaited<ReturnType<typeof closeDue>>;

process.on('message', ({ connection, at, size, killsItselfAfter }: ClosingTask) => {
	const log = createLog('silent');
	const database = createDatabase({ connection, secrets: testSecrets, log });
	setRuntime({
		database,
		clock: fixedClock(new Date(at)),
		secrets: testSecrets,
		log,
		live: createLive(() => database.connectListener(), log),
		publicUrl: 'http://localhost',
		development: true
	});
	let asked = 0;
	const ask = pg.Client.prototype.query as (...words: unknown[]) => unknown;
	pg.Client.prototype.query = function (this: pg.Client, ...words: unknown[]) {
		const answer = ask.apply(this, words);
		asked += 1;
		if (asked === killsItselfAfter)
			// Another moment each time: before it leaves, while it is answered, after.
			setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 4);
		return answer;
	} as typeof pg.Client.prototype.query;
	void closeDue({ size }).then((closed) => process.send?.(closed satisfies ClosingReport));
});
