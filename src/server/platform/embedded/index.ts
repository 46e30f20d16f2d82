import { setTimeout as wait } from 'node:timers/promises';
import { claimDataDirectory } from '../data-directory.ts';
import { StartFailure } from '../start-failure.ts';
import { findBinaries } from './binaries.ts';
import { openCluster, owner, writeSettings } from './cluster.ts';
import {
	busy,
	clearRemains,
	endOrphan,
	findRunning,
	startPostmaster,
	type Log
} from './postmaster.ts';
import { findPrivileges } from './privileges.ts';
import { identity } from './processes.ts';
import type { Profile } from './settings.ts';
import { socketDirectory } from './socket.ts';

export interface Embedded {
	/** How the database's owner connects. */
	connection: { host: string; port: number; user: string; database: string };
	/** Whether another process had it running. */
	joined: boolean;
	/** Shuts PostgreSQL down and waits for it, unless it is another process's. */
	stop(): Promise<void>;
}

/** One postmaster, ours or another process's, for as long as it lives. */
interface Hold {
	joined: boolean;
	ended: Promise<string>;
	release(): Promise<void>;
}

/** How long after each failure in a row the next try comes, in ms; after the last there is none. */
const usualPauses = [100, 500, 2_000, 5_000, 5_000];
/** A postmaster that has lived this long has not failed "in a row". */
const settled = 60_000;

/**
 * Sees to it that PostgreSQL runs on a data directory, from now until `stop`: starts it, or joins one that
 * another process runs there, and starts it again when it ends unasked.
 * @param options.onLost told once, when it cannot be kept running
 * @throws StartFailure with a sentence for the operator
 */
export async function startEmbedded(options: {
	dataDir: string;
	profile: Profile;
	log: Log;
	onLost?: (failure: StartFailure) => void;
	pauses?: number[];
}): Promise<Embedded> {
	const { profile, log, pauses = usualPauses } = options;
	const dataDirectory = claimDataDirectory(options.dataDir);
	const binaries = findBinaries();
	const privileges = findPrivileges(binaries.postgres, dataDirectory);
	const cluster = openCluster(dataDirectory, profile, binaries, privileges);
	const host = socketDirectory(dataDirectory, privileges.uid);

	const take = async (): Promise<Hold> => {
		for (let conflicts = 0; ; conflicts++) {
			const running = findRunning(cluster);
			if (running?.owned && running.status === 'ready') return join(running.pid);
			if (running && !running.owned) await endOrphan(running);
			else if (running) await wait(20);
			else {
				try {
					clearRemains(cluster, host);
					writeSettings(cluster, profile, host, privileges);
					const { ended, stop } = await startPostmaster(cluster, binaries, privileges, log);
					return { joined: false, ended, release: stop };
				} catch (error) {
					// Another process is starting it, or back ends of one that was killed are still ending.
					if (!(error instanceof StartFailure && busy.test(error.message)) || conflicts > 100)
						throw error;
					await wait(100);
				}
			}
		}
	};

	let hold = await take();
	let stopping = false;
	let failures = 0;
	const giveUp = new AbortController();

	const takeAgain = async (how: string): Promise<Hold> => {
		for (;;) {
			const pause = pauses[failures++];
			if (pause === undefined) {
				throw new StartFailure(
					`PostgreSQL ended ${pauses.length} times in a row (${how}) and is not started again.`
				);
			}
			await wait(pause, undefined, { signal: giveUp.signal });
			try {
				return await take();
			} catch (error) {
				if (!(error instanceof StartFailure)) throw error;
				log.error(error.message);
			}
		}
	};
	const keep = async (): Promise<void> => {
		while (!stopping) {
			const since = performance.now();
			const how = await hold.ended;
			if (stopping) return;
			log.error(
				hold.joined
					? 'the process that ran PostgreSQL has gone: starting it here'
					: `PostgreSQL ${how}: starting it again`
			);
			if (performance.now() - since > settled) failures = 0;
			hold = await takeAgain(how);
		}
		// Told to stop while it was being started again.
		await hold.release();
	};
	const kept = keep().catch((error: unknown) => {
		if (stopping) return;
		if (!(error instanceof StartFailure)) throw error;
		options.onLost?.(error);
	});

	return {
		connection: { host, port: 5432, user: owner, database: owner },
		get joined() {
			return hold.joined;
		},
		async stop() {
			stopping = true;
			giveUp.abort();
			await hold.release();
			await kept;
		}
	};
}

/** Another process's postmaster: we only look whether it still lives. */
function join(pid: number): Hold {
	const known = identity(pid);
	let look: NodeJS.Timeout;
	let leave: (how: string) => void;
	const ended = new Promise<string>((resolve) => {
		leave = resolve;
		look = setInterval(() => {
			if (identity(pid) !== known) resolve('ended');
		}, 250);
	});
	void ended.then(() => {
		clearInterval(look);
	});
	return {
		joined: true,
		ended,
		release: async () => {
			leave('left');
			await ended;
		}
	};
}
