import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { StartFailure } from '../start-failure.ts';
import type { Binaries } from './binaries.ts';
import { toolEnvironment } from './cluster.ts';
import type { Privileges } from './privileges.ts';
import { commandLine, identity, isAlive } from './processes.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** A living postmaster of one cluster, as its pid file tells. */
export interface Running {
	pid: number;
	status: 'starting' | 'ready' | 'stopping';
	/** Whether the process that started it lives; without it the postmaster is an orphan. */
	owned: boolean;
}

/** What PostgreSQL's FATAL lines say of a start that came too early: it is worth another try. */
export const busy = /lock file ".*" (already exists|is empty)|pre-existing shared memory block/;

const ownerSetting = 'evolve.owner=';

/** The postmaster that runs on a cluster, if any. Its pid file may name a process that is long gone. */
export function findRunning(cluster: string): Running | undefined {
	const lines = read(pidFile(cluster))?.split('\n') ?? [];
	const pid = Number(lines[0]);
	const words = pid > 0 ? commandLine(pid) : [];
	if (!isPostmasterOf(cluster, words)) return undefined;
	const owner = words.find((word) => word.startsWith(ownerSetting))?.slice(ownerSetting.length);
	const status = lines[7]?.trim();
	return {
		pid,
		status: status === 'ready' || status === 'stopping' ? status : 'starting',
		owned: owner !== undefined && identity(Number.parseInt(owner)) === owner
	};
}

/**
 * Clears what a postmaster that was killed has left. PostgreSQL would take any process that now has the
 * noted id for its own, and a zombie too (where nothing reaps orphans, as in a container without an init).
 * Only while none runs.
 */
export function clearRemains(cluster: string, socketDirectory: string): void {
	const file = pidFile(cluster);
	const text = read(file);
	if (text?.trim() === '') {
		// Killed between making the file and writing to it; a moment's grace for one that is just starting.
		if (Date.now() - statSync(file).mtimeMs > 2_000) rmSync(file, { force: true });
	} else if (text !== undefined) {
		// Named dead and not removed: the file holds the key of the shared memory, by which PostgreSQL sees
		// back ends that outlived their postmaster.
		const [pid, ...rest] = text.split('\n');
		if (!isPostmasterOf(cluster, commandLine(Number(pid)))) {
			writeFileSync(file, [noProcess, ...rest].join('\n'));
		}
	}
	const lock = path.join(socketDirectory, '.s.PGSQL.5432.lock');
	const holder = Number.parseInt(read(lock) ?? '');
	if (!isPostmasterOf(cluster, commandLine(holder))) rmSync(lock, { force: true });
}

const pidFile = (cluster: string): string => path.join(cluster, 'postmaster.pid');

/** An id that Linux gives to none (they end at 2^22). */
const noProcess = String(2 ** 31 - 1);

function isPostmasterOf(cluster: string, words: string[]): boolean {
	return path.basename(words[0] ?? '') === 'postgres' && words[words.indexOf('-D') + 1] === cluster;
}

function read(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}

/** A postmaster that this process has started. */
export interface Postmaster {
	/** Resolves when it has ended, for whatever reason, with a few words on how. */
	ended: Promise<string>;
	/** A clean shutdown; one that hangs is ended so that the next start recovers. */
	stop(): Promise<void>;
}

/**
 * Starts a postmaster and waits until it takes connections, however long its recovery takes.
 * @throws StartFailure with PostgreSQL's own words
 */
export async function startPostmaster(
	cluster: string,
	binaries: Binaries,
	privileges: Privileges,
	log: Log
): Promise<Postmaster> {
	const { command, args } = privileges.wrap(
		binaries.postgres,
		['-D', cluster, '-c', `${ownerSetting}${identity(process.pid) ?? ''}`],
		{ leash: true }
	);
	const child = spawn(command, args, {
		cwd: cluster,
		env: toolEnvironment(),
		stdio: ['ignore', 'ignore', 'pipe'],
		// A group of its own: Ctrl-C in a terminal must not stop the database before the requests are drained.
		detached: true
	});
	// Where no signal comes with our death, this at least covers every end but kill -9.
	const end = (): void => void child.kill('SIGINT');
	process.on('exit', end);
	const said = relay(child, log);
	const ended = new Promise<string>((resolve) => {
		child.once('error', (error) => {
			resolve(error.message);
		});
		child.once('close', (code, signal) => {
			process.off('exit', end);
			resolve(signal ? `ended by ${signal}` : `ended with exit code ${code}`);
		});
	});

	let gone: string | undefined;
	void ended.then((how) => (gone = how));
	while (gone === undefined) {
		const running = findRunning(cluster);
		if (running?.pid === child.pid && running?.status === 'ready') {
			return { ended, stop: () => shutDown(child, ended, log) };
		}
		await wait(15);
	}
	throw new StartFailure(`The embedded PostgreSQL did not start (${gone}):\n${said().join('\n')}`);
}

/** Who is just leaving may leave (smart), who stays is sent away (fast); then it is not asked any more. */
const shutdowns = [
	['SIGTERM', 200],
	['SIGINT', 6_000],
	['SIGQUIT', 1_000],
	['SIGKILL', 1_000]
] as const;

async function shutDown(child: ChildProcess, ended: Promise<string>, log: Log): Promise<void> {
	for (const [signal, patience] of shutdowns) {
		if (signal === 'SIGQUIT')
			log.warn('PostgreSQL hangs while it stops: it is ended, and recovers at its next start');
		child.kill(signal);
		const stopped = await Promise.race([ended, wait(patience, undefined, { ref: false })]);
		if (stopped !== undefined) return;
	}
}

/** Ends a postmaster whose owner has gone, and waits for it. */
export async function endOrphan(running: Running): Promise<void> {
	process.kill(running.pid, 'SIGINT');
	for (let waited = 0; isAlive(running.pid); waited += 20) {
		if (waited === 10_000) process.kill(running.pid, 'SIGQUIT');
		await wait(20);
	}
}

/** Passes PostgreSQL's words on to the log; gives the last ones. */
function relay(child: ChildProcess, log: Log): () => string[] {
	const last: string[] = [];
	let level: 'debug' | 'info' | 'error' = 'debug';
	if (child.stderr) {
		createInterface({ input: child.stderr }).on('line', (line) => {
			// What is fatal to one connection is told to who holds it; what stops the server is told by its end.
			const severity = /^(LOG|FATAL|PANIC):/.exec(line)?.[1];
			if (severity)
				level = severity === 'PANIC' ? 'error' : severity === 'FATAL' ? 'info' : 'debug';
			log[level]({ from: 'postgres' }, line);
			last.push(line);
			if (last.length > 20) last.shift();
		});
	}
	return () => last;
}
