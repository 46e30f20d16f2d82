import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from './log.ts';

/** A Node program that runs beside us, in a process of its own. */
export interface Program {
	name: string;
	/** What Node is told: flags, the file, its words. */
	args: string[];
	/** Its settings. Of our own environment it gets only what any program needs: not our secrets. */
	env: Record<string, string>;
}

export interface Children {
	/** Asks them to end, and ends those that do not within `patience` ms. */
	stop(patience?: number): Promise<void>;
}

/** How long after its n-th end in a row a program is started again, in ms; the last holds from then on. */
const pauses = [250, 500, 1_000, 2_000, 5_000, 15_000, 30_000];
/** A program that has run this long has not ended "in a row". */
const settled = 60_000;

/** Starts programs, starts again those that end, and passes their words on to the log under their names. */
export function superviseChildren(
	programs: Program[],
	log: Pick<Logger, 'info' | 'warn' | 'error'>
): Children {
	const ending = new AbortController();
	const running = new Set<ChildProcess>();

	const keep = async ({ name, args, env }: Program): Promise<void> => {
		for (let ends = 0; !ending.signal.aborted; ends++) {
			const began = performance.now();
			const child = spawn(process.execPath, args, {
				env: { ...commonEnvironment(), ...env },
				// The channel tells it when we are gone, however that came about.
				stdio: ['ignore', 'pipe', 'pipe', 'ipc']
			});
			running.add(child);
			relay(child, name, log);
			const how = await end(child);
			running.delete(child);
			if (ending.signal.aborted) return;
			if (performance.now() - began > settled) ends = 0;
			const pause = pauses[Math.min(ends, pauses.length - 1)] ?? 0;
			log.error({ program: name, pause }, `${name} ${how} and is started again in ${pause} ms`);
			await wait(pause, undefined, { signal: ending.signal }).catch((error: Error) => {
				if (error.name !== 'AbortError') throw error;
			});
		}
	};
	const kept = Promise.all(programs.map(keep));

	return {
		async stop(patience = 2_000) {
			ending.abort();
			for (const child of running) child.kill('SIGTERM');
			const force = setTimeout(() => {
				for (const child of running) child.kill('SIGKILL');
			}, patience);
			await kept;
			clearTimeout(force);
		}
	};
}

async function end(child: ChildProcess): Promise<string> {
	try {
		const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
		return signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
	} catch (error) {
		return `could not be started (${(error as Error).message})`;
	}
}

function relay(
	child: ChildProcess,
	program: string,
	log: Pick<Logger, 'info' | 'warn' | 'error'>
): void {
	for (const [stream, level] of [
		[child.stdout, 'info'],
		[child.stderr, 'warn']
	] as const) {
		if (stream)
			createInterface({ input: stream }).on('line', (line) => log[level]({ program }, line));
	}
}

function commonEnvironment(): NodeJS.ProcessEnv {
	const { PATH, HOME, TMPDIR, LANG, NODE_ENV, NODE_COMPILE_CACHE } = process.env;
	return { PATH, HOME, TMPDIR, LANG, NODE_ENV, NODE_COMPILE_CACHE };
}
