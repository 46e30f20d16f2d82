import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Progress } from '../bin/bootstrap/progress.js';
import { accounts, demoPassword } from '../seeds/accounts.ts';
import { findBusiness, names } from '../seeds/telling.ts';
import { superviseChildren, type Children, type Program } from '#server/platform/children.ts';
import type { Runtime } from '#server/platform/runtime.ts';
import { StartFailure } from '#server/platform/start-failure.ts';

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
const leash = new URL('../bin/bootstrap/leash.js', import.meta.url).href;

/**
 * Tells the demo story, once in the life of a database: its last business stands for the whole. In a
 * process of its own, so that the server does not stay as large as the telling made it.
 */
export async function prepareDemo(runtime: Runtime, progress: Progress): Promise<void> {
	if (await findBusiness(names.juma, runtime.clock.now())) return;
	await progress.step('Telling the demo story', async () => {
		const telling = spawn(process.execPath, ['--import', leash, cli, 'seed'], {
			stdio: ['ignore', 'pipe', 'pipe', 'ipc']
		});
		let said = '';
		for (const stream of [telling.stdout, telling.stderr]) {
			stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
		}
		const [code] = (await once(telling, 'close')) as [number | null];
		if (code !== 0) throw new StartFailure(`The demo story could not be told:\n${said.trim()}`);
	});
}

/** How long a sample product may take to listen before the portal is called ready without it, in ms. */
const longestProductStart = 5_000;

/** Starts the sample products, each a process of its own beside us. */
export async function startSampleProducts(
	programs: Program[],
	runtime: Runtime
): Promise<Children> {
	const products = superviseChildren(programs, runtime.log);
	await Promise.all(programs.map(({ env }) => listens(Number(env['PORT']))));
	return products;
}

/** Waits until something listens on a port of this machine, so that the first launch finds its product. */
async function listens(port: number): Promise<void> {
	for (const until = performance.now() + longestProductStart; performance.now() < until;) {
		const socket = connect(port, 'localhost');
		try {
			await once(socket, 'connect');
			return;
		} catch {
			// Refused: not yet.
			await wait(50);
		} finally {
			socket.destroy();
		}
	}
}

/** Who can sign in, for whoever has just started the portal. */
export function describeAccounts(): string {
	const width = Math.max(...accounts.map(({ email }) => email.length));
	return [
		'',
		...accounts.map(({ email, who }) => `  ${email.padEnd(width)}  ${who}`),
		'',
		`  Password: ${demoPassword}`,
		''
	].join('\n');
}
