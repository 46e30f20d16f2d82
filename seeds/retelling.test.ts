import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setRuntime } from '#server/platform/runtime.ts';
import { startTestRuntime, type TestRuntime } from '../tests/setup/runtime.ts';
import { findMember, readTold } from '../tests/setup/story.ts';
import { tellStory } from './index.ts';

const now = new Date('2026-11-25T11:02:00Z');
const later = new Date('2026-11-28T08:00:00Z');

/** Everything in our tables, table by table, as a hash. */
async function readTables({ connection }: TestRuntime): Promise<Record<string, string>> {
	const client = new pg.Client({ ...connection, user: 'postgres' });
	await client.connect();
	try {
		const { rows: tables } = await client.query<{ name: string }>(`
			select format('%I.%I', n.nspname, c.relname) as name
			from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'public', 'jobs')
				and n.nspname !~ '^pg_'`);
		const hashes: Record<string, string> = {};
		for (const { name } of tables) {
			const { rows } = await client.query<{ hash: string }>(
				`select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by t::text)), '') as hash from ${name} t`
			);
			hashes[name] = rows[0]?.hash ?? '';
		}
		return hashes;
	} finally {
		await client.end();
	}
}

async function readBoth(at: Date) {
	const read = async (business: string, email: string) =>
		readTold(await findMember(business, email, at), at);
	return {
		mavuno: await read('Mavuno Traders Ltd', 'wanjiku@mavuno.example'),
		pwani: await read('Pwani Farmers Co-operative', 'amina@pwani.example')
	};
}

describe('a story that was told', () => {
	let whole: TestRuntime;
	let broken: TestRuntime;

	beforeAll(async () => {
		broken = await startTestRuntime(now);
		whole = await startTestRuntime(now);
		await tellStory(whole, { now });
	}, 60_000);
	afterAll(async () => {
		setRuntime(whole);
		await whole.stop();
		setRuntime(broken);
		await broken.stop();
	});

	it('is not told again', async () => {
		const before = await readTables(whole);
		expect(Object.keys(before).length).toBeGreaterThan(40);
		expect(await tellStory(whole, { now: later })).toBe(false);
		expect(await readTables(whole)).toEqual(before);
	});

	it('reads the same when it broke off again and again, and was told to its end days later', async () => {
		const expected = await readBoth(now);
		setRuntime(broken);
		let first = true;
		/** The business door of the story's n-th member or product breaks down. */
		const breakAt = async (n: number): Promise<void> => {
			let opened = 0;
			const { app } = broken.database;
			const connect: typeof app.connect = (work) =>
				++opened === n ? Promise.reject(new Error('broken off')) : app.connect(work);
			setRuntime({ ...broken, database: { ...broken.database, app: { ...app, connect } } });
			await expect(tellStory(broken, { now: first ? now : later })).rejects.toThrow('broken off');
			first = false;
			setRuntime(broken);
		};
		const breakAfter = async (chapter: string): Promise<void> => {
			await expect(
				tellStory(broken, {
					now: first ? now : later,
					told(each) {
						if (each === chapter) throw new Error('broken off');
					}
				})
			).rejects.toThrow('broken off');
			first = false;
		};
		await breakAfter('catalogue');
		await breakAfter('people');
		for (const n of [3, 6, 12, 20, 35, 45, 60]) await breakAt(n);
		await breakAfter('usage');
		await breakAfter('notifications');
		expect(await tellStory(broken, { now: later })).toBe(true);
		expect(await tellStory(broken, { now: later })).toBe(false);
		expect(await readBoth(now)).toEqual(expected);
		setRuntime(whole);
	}, 120_000);
});
