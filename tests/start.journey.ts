import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { freePorts, launch } from './setup/launch.ts';

const bare = { DEMO: 'off' };
let dataDir: string;
let port: number;
beforeEach(async () => {
	dataDir = mkdtempSync(path.join(tmpdir(), 'evolve-start-'));
	port = await freePorts();
});
afterEach(() => {
	rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}) {
	const portal = launch({ port, dataDir, env: { ...bare, ...env } });
	const ready = await portal.until(/^ready (\S+)$/m);
	if (!ready) throw new Error(`It did not get ready:\n${portal.said()}`);
	return { ...portal, url: ready[1] ?? '', stop: () => portal.end('SIGTERM') };
}

/** Starts it up to three times: a machine that others use too tells little by one. */
async function startInTime(tries = 3) {
	const began = performance.now();
	const again = await start({ DEMO: 'on' });
	const took = performance.now() - began;
	if (took < 3_000 || tries === 1) return { again, took };
	await again.stop();
	return startInTime(tries - 1);
}

/** Starts a portal that cannot start: its exit code and its words. */
async function refusal(env: Record<string, string> = {}) {
	const portal = launch({ port, dataDir, env: { ...bare, ...env } });
	await portal.until(/^ready/m);
	return { code: await portal.end('SIGTERM'), said: portal.said().trim() };
}

/** Processes whose command line names this test's data directory: the database, and what starts it. */
function processesOfDatabase(): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => commandLine(pid).includes(path.join(dataDir, 'postgres')))
		.map(Number);
}

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		// It has ended since.
		return '';
	}
}

const childOf = (pid: number): number => {
	const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0];
	return Number(child);
};

describe('a start', () => {
	test('gets ready, tells where it is, answers both probes, and drains when it is told to end', async () => {
		const portal = await start();
		expect(portal.url).toBe(`http://localhost:${port}`);
		expect((await fetch(`${portal.url}/healthz`)).status).toBe(200);
		const ready = await fetch(`${portal.url}/readyz`);
		expect(ready.status).toBe(200);
		expect(await ready.json()).toEqual({ ready: true, obstacles: [] });
		expect((await fetch(`${portal.url}/login`)).status).toBe(200);
		expect(processesOfDatabase()).toHaveLength(1);

		const began = performance.now();
		expect(await portal.stop()).toBe(0);
		expect(performance.now() - began).toBeLessThan(10_000);
		expect(processesOfDatabase()).toEqual([]);
		await expect(fetch(`${portal.url}/healthz`)).rejects.toThrow();
	});

	test('with the demo tells the story once; the next is ready within three seconds and says who can sign in', async () => {
		const first = await start({ DEMO: 'on' });
		expect(first.said()).toMatch(
			/^ 1 {2}Telling the demo story …\n( {4}… \d+ s\n)* {4}done in [\d.]+ s\nready /
		);
		await first.stop();

		const { again, took } = await startInTime();
		expect(took).toBeLessThan(3_000);
		await again.until(/Password: .*\n/);
		expect(again.said()).toMatch(
			/^ready \S+\n\n {2}wanjiku@mavuno\.example {2}owner of Mavuno Traders Ltd\n/
		);
		for (const offset of [1, 2, 3]) {
			const product = await fetch(`http://localhost:${port + offset}/login`, {
				redirect: 'manual'
			});
			expect(product.status).toBe(303);
		}
		await again.stop();
		await expect(fetch(`http://localhost:${port + 1}/login`)).rejects.toThrow();
	});

	test('that is told to end half way ends, with nothing left running', async () => {
		const portal = launch({ port, dataDir, env: bare });
		await vi.waitFor(
			() => expect(existsSync(path.join(dataDir, 'evolve.json'))).toBe(true),
			30_000
		);
		const began = performance.now();
		await portal.end('SIGTERM');
		expect(performance.now() - began).toBeLessThan(10_000);
		await vi.waitFor(() => expect(processesOfDatabase()).toEqual([]), 5_000);
	});
});

describe('after kill -9', () => {
	test.each(['the server', 'the program that started it', 'the database'])(
		'of %s the next start works by itself',
		async (victim) => {
			const portal = await start();
			const launcher = portal.process.pid ?? 0;
			const server = childOf(launcher);
			if (victim === 'the server') process.kill(server, 'SIGKILL');
			else if (victim === 'the program that started it') process.kill(launcher, 'SIGKILL');
			else for (const pid of processesOfDatabase()) process.kill(pid, 'SIGKILL');

			if (victim === 'the database') {
				// The server lives, and has it started again.
				await vi.waitFor(
					async () => expect((await fetch(`${portal.url}/readyz`)).status).toBe(200),
					{ timeout: 10_000, interval: 100 }
				);
				expect(await portal.stop()).toBe(0);
			} else if (portal.process.exitCode === null && portal.process.signalCode === null) {
				await once(portal.process, 'exit');
			}

			const next = await start();
			expect((await fetch(`${next.url}/readyz`)).status).toBe(200);
			expect(await next.stop()).toBe(0);
			expect(processesOfDatabase()).toEqual([]);
		}
	);
});

test('what the command line had acknowledged is there after kill -9 of everything', async () => {
	const portal = await start();
	const create = () =>
		launch({
			port,
			dataDir,
			env: bare,
			program: ['evolve.js', 'user', 'create', '--email', 'a@b.example', '--name', 'A']
		});
	expect(await create().ended()).toBe(0);
	const launcher = portal.process.pid ?? 0;
	for (const pid of [launcher, childOf(launcher), ...processesOfDatabase()]) {
		process.kill(pid, 'SIGKILL');
	}
	await portal.ended();

	const again = create();
	expect(await again.ended()).toBe(1);
	expect(again.said().trim()).toBe('Somebody with the address a@b.example exists already.');
	expect(processesOfDatabase()).toEqual([]);
});

describe('what cannot be started is refused with a sentence and exit code 1, and leaves nothing running', () => {
	afterEach(() => {
		expect(processesOfDatabase()).toEqual([]);
	});

	test('a taken port', async () => {
		const squatter = createServer().listen(port);
		await once(squatter, 'listening');
		expect(await refusal()).toEqual({
			code: 1,
			said: `Port ${port} is taken by another program. Stop that program, or choose another port, such as PORT=${port + 1}.`
		});
		squatter.close();
	});

	test('a data directory that is not ours', async () => {
		writeFileSync(path.join(dataDir, 'thesis.odt'), '');
		const { code, said } = await refusal();
		expect(code).toBe(1);
		expect(said).toMatch(
			/^DATA_DIR \(.*\) holds files and is not a data directory of Evolve Business[^\n]*$/
		);
		expect(readdirSync(dataDir)).toEqual(['thesis.odt']);
	});

	test('a database of another major version', async () => {
		await (await start()).stop();
		writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '16\n');
		const { code, said } = await refusal();
		expect(code).toBe(1);
		expect(said).toMatch(/^The data in .* was written by PostgreSQL 16[^\n]*$/);
	});

	test('a database that cannot be reached', async () => {
		const free = await freePorts();
		const { code, said } = await refusal({
			DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${free}/d`
		});
		expect(code).toBe(1);
		expect(said).toBe(
			`The database at 127.0.0.1:${free} cannot be reached: nothing listens there. Start PostgreSQL there, or mend the host and port in DATABASE_URL.`
		);
	});

	test('settings that make no sense, all of them at once', async () => {
		expect(await refusal({ PORT: 'abc', DEMO: 'perhaps' })).toEqual({
			code: 1,
			said: 'PORT is "abc": give a whole number from 1 to 65535, such as PORT=3000.\nDEMO is "perhaps": give on or off.'
		});
	});
});
