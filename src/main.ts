import { realpathSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createProgress } from '../bin/bootstrap/progress.js';
import { readConfig } from '#server/platform/config.ts';
import { createLog } from '#server/platform/log.ts';
import { StartFailure } from '#server/platform/start-failure.ts';
import { startPortal } from './portal.ts';

/** From the signal to the end, whatever hangs. */
const longestStop = 9_500;
/** Ctrl-C reaches us from the terminal and from npm; what comes so close together is one wish. */
const sameWish = 1_000;

async function main(): Promise<void> {
	try {
		const config = readConfig(process.env);
		const portal = startPortal(config, {
			log: createLog(config.logLevel),
			progress: createProgress({ taken: Number(process.env['EVOLVE_STEPS_TAKEN'] ?? 0) }),
			pages: process.env['EVOLVE_PAGES'] ?? 'build',
			onLost: fail
		});

		let asked: number | undefined;
		const stop = (): void => {
			const now = performance.now();
			if (asked !== undefined) {
				if (now - asked > sameWish) process.exit(1);
				return;
			}
			asked = now;
			setTimeout(() => {
				console.error('Not everything ended in time: what is left is cut off.');
				process.exit(1);
			}, longestStop).unref();
			portal.stop().then(() => process.exit(0), fail);
		};
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
		// Started by bin/start.js: when it is killed with -9 there is nobody else to tell us.
		if (process.connected) process.once('disconnect', stop);

		const words = await portal.ready;
		if (words !== undefined) console.log(words);
		// Kept now, for a start after kill -9.
		flushCompileCache();
		// What only starting needed goes back to the machine: twenty megabytes, for a pause before anybody asks.
		globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
	} catch (error) {
		fail(error);
	}
}

function fail(error: unknown): never {
	console.error(error instanceof StartFailure ? error.message : error);
	process.exit(1);
}

// Loaded without being run, too: when its first start is prepared (bin/bootstrap/compile.js).
if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) await main();
