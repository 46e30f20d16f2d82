import { followInvoice, listDue } from '#server/modules/dunning/index.ts';
import { createDatabase, type Connection } from '#server/platform/database.ts';
import { systemClock } from '#server/platform/clock.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createLive } from '#server/platform/live.ts';
import { createLog } from '#server/platform/log.ts';
import { setRuntime } from '#server/platform/runtime.ts';
import { testSecrets } from './secrets.ts';

/** What a test hands to a process that follows unpaid invoices until none has a step due, or it is killed. */
export interface Task {
	connection: Connection;
	at: string;
	/** It kills itself a moment after so many invoices, in the midst of the next. */
	killsItselfAfter?: number;
}

process.on('message', ({ connection, at, killsItselfAfter }: Task) => {
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
	const options = { at: new Date(at) };
	void (async () => {
		const due = await withSystem('test', (scope) => listDue(scope), options);
		for (const [index, invoice] of due.entries()) {
			if (index === killsItselfAfter)
				setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 8);
			await withSystem('test', (scope) => followInvoice(scope, invoice), options);
		}
		process.send?.('done', () => process.exit());
	})();
});
