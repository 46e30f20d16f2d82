import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { Plain, cachePath } from './project.js';

/** Programs under way: a signal to us is passed on to them. */
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let stopping = false;

/** Preloads the leash in a Node program that is not ours to change. */
export const leash = new URL('./leash.js', import.meta.url).href;

/**
 * @typedef {object} Program
 * @property {string} command
 * @property {string[]} args
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {'inherit' | 'capture'} [output] captured output is returned (its last 64 KB) and not shown
 */

/**
 * Runs one program to its end.
 * @param {Program} program
 * @returns {Promise<{ code: number, output: string }>} a program ended by a signal has 128 + its number, as in a shell
 */
export function run({ command, args, cwd, env, output = 'inherit' }) {
	const stream = output === 'inherit' ? 'inherit' : 'pipe';
	const child = spawn(command, args, {
		cwd,
		env,
		stdio: [output === 'inherit' ? 'inherit' : 'ignore', stream, stream, 'ipc']
	});
	running.add(child);
	let said = '';
	const keep = (/** @type {Buffer} */ chunk) => {
		said = (said + chunk.toString()).slice(-65_536);
	};
	child.stdout?.on('data', keep);
	child.stderr?.on('data', keep);
	return new Promise((resolve, reject) => {
		child.on('error', (error) => {
			running.delete(child);
			reject(new Plain(`${command} could not be run: ${error.message}.`));
		});
		child.on('close', (code, signal) => {
			running.delete(child);
			const status = code ?? 128 + (signal ? constants.signals[signal] : 0);
			// Told to stop, we take no further step.
			if (stopping) process.exit(status);
			resolve({ code: status, output: said });
		});
	});
}

/**
 * The environment for programs of this project: the Node that was found comes first on the PATH, and no
 * tool calls home.
 * @param {string} root
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(root, node) {
	return {
		...process.env,
		PATH: [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env['PATH']].join(
			path.delimiter
		),
		DO_NOT_TRACK: '1',
		// Started again, Node need not read TypeScript again: faster, and tens of megabytes less.
		NODE_COMPILE_CACHE: cachePath('node')
	};
}

/**
 * Passes signals on to what runs, and turns failures into one sentence and an exit code.
 * @param {() => Promise<number>} work gives the exit code
 */
export async function asCommand(work) {
	for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
		process.on(signal, () => {
			stopping = true;
			if (running.size === 0) process.exit(128 + constants.signals[signal]);
			for (const child of running) child.kill(signal);
		});
	}
	endWithNpm();
	try {
		process.exitCode = await work();
	} catch (error) {
		if (!(error instanceof Plain)) throw error;
		console.error(error.message);
		process.exitCode = 1;
	}
}

/**
 * When npm, which started us, is killed with -9, nobody is left to stop us by its id, and the next
 * `npm start` would find the port taken.
 */
function endWithNpm() {
	if (!process.env['npm_lifecycle_event']) return;
	const parent = process.ppid;
	setInterval(() => {
		if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
	}, 250).unref();
}
