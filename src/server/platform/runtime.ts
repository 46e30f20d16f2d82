import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Live } from './live.ts';
import type { Logger } from './log.ts';
import type { Secrets } from './secrets.ts';

/** What one process runs on. main.ts, the command line and tests each make one. */
export interface Runtime {
	database: Database;
	clock: Clock;
	secrets: Secrets;
	log: Logger;
	live: Live;
	/** Where people reach the portal, without a trailing slash. */
	publicUrl: string;
	/** True unless NODE_ENV is production: the part catalogue and the outbox page exist. */
	development: boolean;
}

let current: Runtime | null = null;

export function setRuntime(runtime: Runtime | null): void {
	current = runtime;
}

/** @throws Error before main.ts (or a test) has set one. */
export function runtime(): Runtime {
	if (!current)
		throw new Error(
			'No runtime: the process has not been started through main.ts, the command line or a test.'
		);
	return current;
}
