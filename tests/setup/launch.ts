import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const start = fileURLToPath(new URL('../../bin/start.js', import.meta.url));

/**
 * Runs `npm start`'s program and leaves it to the test what to wait for. Settings of the machine that runs
 * the tests are left out.
 */
export function launch(options: { port: number; dataDir: string; env?: Record<string, string> }) {
	const child = spawn(process.execPath, [start], {
		env: {
			PATH: process.env['PATH'],
			HOME: process.env['HOME'],
			PORT: String(options.port),
			DATA_DIR: options.dataDir,
			...options.env
		},
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let text = '';
	const heard = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			text += chunk.toString();
			for (const look of heard) look();
		});
	}
	// Once all it said has arrived, too.
	const closed = once(child, 'close');
	return {
		process: child as ChildProcess,
		said: () => text,
		/** Waits for words; undefined when it ends before it has said them. */
		async until(words: RegExp): Promise<RegExpExecArray | undefined> {
			const said = new Promise<void>((resolve) => {
				const look = (): void => {
					if (words.test(text)) resolve();
				};
				heard.add(look);
				look();
			});
			await Promise.race([said, closed]);
			return words.exec(text) ?? undefined;
		},
		async end(signal: NodeJS.Signals): Promise<number | null> {
			if (child.exitCode === null && child.signalCode === null) child.kill(signal);
			await closed;
			return child.exitCode;
		}
	};
}

/** A port for the portal with three free ones after it, for the sample products. */
export async function freePorts(): Promise<number> {
	for (;;) {
		const base = 20_000 + Math.floor(Math.random() * 10_000);
		const free = await Promise.all([0, 1, 2, 3].map((offset) => isFree(base + offset)));
		if (free.every(Boolean)) return base;
	}
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	try {
		server.listen(port);
		await once(server, 'listening');
		return (server.address() as AddressInfo).port === port;
	} catch {
		// Taken, or not ours to take.
		return false;
	} finally {
		server.close();
	}
}
