import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startEmbedded, type Embedded } from './index.ts';
import { identity } from './processes.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Parameters<
	typeof startEmbedded
>[0]['log'];

let directory: string;
const started: Embedded[] = [];
const holders: ChildProcess[] = [];

beforeEach(() => {
	directory = mkdtempSync(path.join(tmpdir(), 'evolve-embedded-'));
});
afterEach(async () => {
	for (const embedded of started.splice(0)) await embedded.stop();
	for (const holder of holders.splice(0)) await end(holder, 'SIGTERM');
	rmSync(directory, { recursive: true, force: true });
});

async function start(dataDir = directory, more: Partial<Parameters<typeof startEmbedded>[0]> = {}) {
	const embedded = await startEmbedded({ dataDir, profile: 'test', log: silent, ...more });
	started.push(embedded);
	return embedded;
}

/** A process of its own that starts or joins the data directory. */
async function startHolder(): Promise<{ process: ChildProcess; word: string }> {
	const holder = spawn(
		process.execPath,
		[fileURLToPath(new URL('./holder.fixture.ts', import.meta.url)), directory],
		{ stdio: ['ignore', 'pipe', 'inherit'] }
	);
	holders.push(holder);
	const [chunk] = (await once(holder.stdout ?? holder, 'data')) as [Buffer];
	return { process: holder, word: chunk.toString().trim() };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill(signal);
	await once(child, 'exit');
}

async function query<T>({ connection }: Embedded, text: string): Promise<T[]> {
	const client = new pg.Client(connection);
	client.on('error', () => undefined);
	await client.connect();
	try {
		return (await client.query(text)).rows as T[];
	} finally {
		await client.end();
	}
}

const postmasterPid = (): number =>
	Number.parseInt(readFileSync(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8'));

describe('starting and stopping', () => {
	test('data outlive a stop, and a stop leaves no process behind', async () => {
		const first = await start();
		expect(first.joined).toBe(false);
		await query(first, 'create table kept as select 7 as number');
		const pid = postmasterPid();
		await first.stop();
		expect(identity(pid)).toBeUndefined();

		const again = await start();
		expect(await query(again, 'select number from kept')).toEqual([{ number: 7 }]);
	});

	test('the login owns its database and is no superuser, as on a server that DATABASE_URL names', async () => {
		const embedded = await start();
		expect(
			await query(
				embedded,
				`select rolsuper, rolbypassrls, current_setting('data_checksums') as checksums, current_setting('listen_addresses') as addresses,
				(select datlocprovider::text || datlocale from pg_database where datname = current_database()) as locale
				from pg_roles where rolname = current_user`
			)
		).toEqual([
			{
				rolsuper: false,
				rolbypassrls: false,
				checksums: 'on',
				addresses: '',
				locale: 'bC.UTF-8'
			}
		]);
	});

	test('in production every commit reaches the disk', async () => {
		const embedded = await start(directory, { profile: 'production' });
		expect(
			await query(
				embedded,
				`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages`
			)
		).toEqual([{ fsync: 'on', commit: 'on', pages: 'on' }]);
	});

	test('a path too long for a socket gets a private directory under /tmp', async () => {
		const deep = path.join(directory, 'a'.repeat(60), 'b'.repeat(60));
		const embedded = await start(deep);
		expect(embedded.connection.host).toMatch(/^\/tmp\/evolve-[0-9a-f]{24}$/);
		expect(await query(embedded, 'select 1 as one')).toEqual([{ one: 1 }]);
		rmSync(embedded.connection.host, { recursive: true, force: true });
	});
});

describe('several processes on one data directory', () => {
	test('the second joins over the socket and leaves it running', async () => {
		const owner = await startHolder();
		expect(owner.word).toBe('started');
		const joined = await start();
		expect(joined.joined).toBe(true);
		expect(await query(joined, 'select 1 as one')).toEqual([{ one: 1 }]);
		await joined.stop();
		expect(identity(postmasterPid())).toBeDefined();
	});

	test('of processes that start an empty directory at the same moment one starts it and the rest join', async () => {
		const words = await Promise.all([startHolder(), startHolder(), startHolder()]);
		expect(words.map(({ word }) => word).sort()).toEqual(['joined', 'joined', 'started']);
	});

	test('when the owner is killed, a joined process starts it again and nothing committed is lost', async () => {
		const owner = await startHolder();
		const joined = await start();
		await query(joined, 'create table kept as select 7 as number');
		await end(owner.process, 'SIGKILL');
		await vi.waitFor(() => expect(joined.joined).toBe(false), { timeout: 10_000 });
		expect(await query(joined, 'select number from kept')).toEqual([{ number: 7 }]);
	});
});

describe('after a kill', () => {
	test('of the owner, the next start works and nothing committed is lost', async () => {
		const owner = await startHolder();
		const watcher = await start();
		await query(watcher, 'create table kept as select 7 as number');
		await watcher.stop();
		await end(owner.process, 'SIGKILL');

		const next = await start();
		expect(next.joined).toBe(false);
		expect(await query(next, 'select number from kept')).toEqual([{ number: 7 }]);
	});

	test('of the postmaster, it is started again while its owner lives', async () => {
		const embedded = await start();
		await query(embedded, 'create table kept as select 7 as number');
		process.kill(postmasterPid(), 'SIGKILL');
		await vi.waitFor(
			async () => expect(await query(embedded, 'select number from kept')).toEqual([{ number: 7 }]),
			{ timeout: 10_000, interval: 100 }
		);
	});

	test('of everything, with its process id given to a stranger since, the next start works', async () => {
		const owner = await startHolder();
		const file = path.join(directory, 'postgres', 'postmaster.pid');
		const pid = postmasterPid();
		process.kill(pid, 'SIGKILL');
		await end(owner.process, 'SIGKILL');
		await vi.waitFor(() => expect(identity(pid)).toBeUndefined());
		const stale = existsSync(file) ? readFileSync(file, 'utf8') : `${pid}\n`;
		writeFileSync(file, stale.replace(/^\d+/, String(process.pid)));

		const next = await start();
		expect(await query(next, 'select 1 as one')).toEqual([{ one: 1 }]);
	});

	test('a cluster that was being made is made anew', async () => {
		const gone = spawn('true');
		await once(gone, 'exit');
		const draft = path.join(directory, `postgres.draft-${gone.pid}`);
		mkdirSync(draft);
		writeFileSync(path.join(draft, 'PG_VERSION'), '18\n');
		writeFileSync(path.join(directory, 'evolve.json'), '{"product":"evolve-business","format":1}');

		const embedded = await start();
		expect(await query(embedded, 'select 1 as one')).toEqual([{ one: 1 }]);
		expect(readdirSync(directory).sort()).toEqual(['evolve.json', 'postgres', 'run']);
	});

	test('one that cannot be started any more is given up with PostgreSQL’s own words', async () => {
		const onLost = vi.fn<(failure: Error) => void>();
		await start(directory, { onLost, pauses: [10, 10] });
		rmSync(path.join(directory, 'postgres', 'global', 'pg_control'));
		process.kill(postmasterPid(), 'SIGKILL');
		await vi.waitFor(() => expect(onLost).toHaveBeenCalledOnce(), { timeout: 10_000 });
		expect(onLost.mock.calls[0]?.[0].message).toMatch(/2 times in a row/);
		await wait(50);
		expect(onLost).toHaveBeenCalledOnce();
	});
});

describe('a directory that will not do is refused with a sentence', () => {
	const claim = () => {
		writeFileSync(path.join(directory, 'evolve.json'), '{"product":"evolve-business","format":1}');
	};

	test('files of another program', async () => {
		writeFileSync(path.join(directory, 'thesis.odt'), 'x');
		await expect(start()).rejects.toThrow(
			/holds files and is not a data directory of Evolve Business.*Set DATA_DIR/
		);
		expect(readdirSync(directory)).toEqual(['thesis.odt']);
	});

	test('a newer version’s data', async () => {
		writeFileSync(path.join(directory, 'evolve.json'), '{"format":2}');
		await expect(start()).rejects.toThrow(/newer version of Evolve Business/);
	});

	test('a mark that cannot be read', async () => {
		writeFileSync(path.join(directory, 'evolve.json'), '{');
		await expect(start()).rejects.toThrow(/cannot be read as the mark/);
	});

	test('another major version of PostgreSQL', async () => {
		claim();
		mkdirSync(path.join(directory, 'postgres'));
		writeFileSync(path.join(directory, 'postgres', 'PG_VERSION'), '17\n');
		await expect(start()).rejects.toThrow(
			/was written by PostgreSQL 17, and this version of Evolve Business runs PostgreSQL 18/
		);
	});

	test('no cluster where one belongs', async () => {
		claim();
		mkdirSync(path.join(directory, 'postgres'));
		writeFileSync(path.join(directory, 'postgres', 'notes.txt'), 'x');
		await expect(start()).rejects.toThrow(/is not a PostgreSQL cluster/);
	});

	test('a file instead of a directory', async () => {
		const file = path.join(directory, 'file');
		writeFileSync(file, 'x');
		await expect(start(file)).rejects.toThrow(/DATA_DIR \(.*file\) cannot be used.*Set DATA_DIR/);
	});
});
