import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/', import.meta.url));

/**
 * Runs a program of `bin` and leaves it to the test what to wait for. Settings of the machine that runs the
 * tests are left out.
 */
export function launch(options: {
	port: number;
	dataDir: string;
	env?: Record<string, string>;
	/** Its file and its words. */
	program?: string[];
}) {
	const [file = '', ...words] = options.program ?? ['start.js'];
	const child = spawn(process.execPath, [path.join(bin, file), ...words], {
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
		/** Waits for its own end. */
		async ended(): Promise<number | null> {
			await closed;
			return child.exitCode;
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
