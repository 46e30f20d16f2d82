import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The whole product, started as an operator starts it, in a data directory of its own. */
export interface StartedPortal {
	url: string;
	dataDir: string;
	port: number;
	/** Milliseconds from the start to `ready`. */
	startedIn: number;
	process: ChildProcess;
	/** Everything it has printed. */
	output(): string;
	stop(): Promise<void>;
}

/** Portal and sample products listen side by side: the portal's port and the three after it. */
const ports = 4;
/** A first start builds the pages and tells the story. */
const longestStart = 240_000;

export async function startPortal(
	env: NodeJS.ProcessEnv = {},
	keep?: { dataDir: string; port: number }
): Promise<StartedPortal> {
	const port = keep?.port ?? (await findPorts());
	const dataDir = keep?.dataDir ?? mkdtempSync(path.join(tmpdir(), 'evolve-portal-'));
	const began = performance.now();
	const child = spawn(process.execPath, ['bin/start.js'], {
		cwd: root,
		env: {
			...process.env,
			NODE_ENV: undefined,
			VITEST: undefined,
			PORT: String(port),
			DATA_DIR: dataDir,
			...env
		},
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let printed = '';
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	await new Promise<void>((resolve, reject) => {
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`The portal was not ready in time. It printed:\n${printed}`));
		}, longestStart);
		const hear = (chunk: Buffer): void => {
			printed += chunk.toString();
			if (!/^ready http/m.test(printed)) return;
			clearTimeout(timer);
			resolve();
		};
		child.stdout.on('data', hear);
		child.stderr.on('data', hear);
		child.once('exit', (code) => {
			clearTimeout(timer);
			reject(new Error(`The portal ended with ${String(code)}. It printed:\n${printed}`));
		});
	});
	return {
		url: `http://localhost:${port}`,
		dataDir,
		port,
		startedIn: performance.now() - began,
		process: child,
		output: () => printed,
		async stop() {
			child.kill('SIGTERM');
			await ended;
			if (!keep) rmSync(dataDir, { recursive: true, force: true });
		}
	};
}

/** The first of as many ports in a row that nobody listens on. */
async function findPorts(): Promise<number> {
	for (let first = 21_000 + Math.floor(Math.random() * 4_000); first < 30_000; first += ports) {
		const free = await Promise.all(
			Array.from({ length: ports }, (_, index) => isFree(first + index))
		);
		if (free.every(Boolean)) return first;
	}
	throw new Error('No ports are free.');
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
	});
}

/** Runs the operator's command line against the portal's data directory and gives what it printed. */
export function evolve(dataDir: string, ...args: string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, ['bin/evolve.js', ...args], {
			cwd: root,
			env: { ...process.env, NODE_ENV: undefined, VITEST: undefined, DATA_DIR: dataDir },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		let out = '';
		let err = '';
		child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
		child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
		child.once('error', reject);
		child.once('exit', (code) => {
			if (code === 0) resolve(out);
			else reject(new Error(`evolve ${args.join(' ')} ended with ${String(code)}: ${err}`));
		});
	});
}
