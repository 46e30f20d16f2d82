import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTwoBusinesses, type TwoBusinesses } from '../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../tests/setup/runtime.ts';
import { withBusiness, withSystem } from './doors.ts';
import type { Scope } from './scope.ts';

let runtime: TestRuntime;
let businesses: TwoBusinesses;

beforeAll(async () => {
	runtime = await startTestRuntime();
	businesses = await createTwoBusinesses();
});
afterAll(() => runtime.stop());

const named = async ({ db }: Scope, value: string): Promise<string | undefined> =>
	(await sql<{ value: string }>`select ${value}::text || '!' as value`.execute(db)).rows[0]?.value;

describe('a quickened connection', () => {
	it('asks a query before the one before it was answered', async () => {
		let asked = (): unknown[] => [];
		runtime.database.system.pool.once('acquire', (client) => {
			const { mock } = vi.spyOn(client, 'query');
			asked = () => mock.calls.map(([text]: unknown[]) => text);
		});
		const words = await withSystem('test', async (scope) => {
			const both = Promise.all([named(scope, 'one'), named(scope, 'two')]);
			expect(asked()).toEqual([
				'begin',
				"select $1::text || '!' as value",
				"select $1::text || '!' as value"
			]);
			return both;
		});
		expect(words).toEqual(['one!', 'two!']);
	});

	it('answers each of many queries asked in one turn with its own rows', async () => {
		const words = Array.from({ length: 50 }, (_, index) => `word ${index}`);
		const answers = await withSystem('test', (scope) =>
			Promise.all(words.map((word) => named(scope, word)))
		);
		expect(answers).toEqual(words.map((word) => `${word}!`));
	});

	it('prepares a statement once, however often it is asked', async () => {
		const held = await withSystem('test', async (scope) => {
			await Promise.all([named(scope, 'a'), named(scope, 'b'), named(scope, 'c')]);
			const { rows } = await sql<{
				count: number;
			}>`select count(*)::int as count from pg_prepared_statements where statement like '%|| ''!'' as value%'`.execute(
				scope.db
			);
			return rows[0]?.count;
		});
		expect(held).toBe(1);
	});

	it('goes on after a statement that was first asked in a transaction that had failed', async () => {
		const late = ({ db }: Scope, value: number) =>
			sql<{ twice: number }>`select ${value}::int * 2 as twice`.execute(db);
		// The pool may hand out any of its connections: all of them meet the failure.
		await Promise.all(
			Array.from({ length: 8 }, () =>
				withSystem('test', async (scope) => {
					await Promise.all([sql`select 1 / ${0}::int`.execute(scope.db), late(scope, 1)]);
				}).catch(() => undefined)
			)
		);
		for (let round = 0; round < 16; round++) {
			const { rows } = await withSystem('test', (scope) => late(scope, round));
			expect(rows).toEqual([{ twice: round * 2 }]);
		}
	});

	it('keeps businesses apart though their statements are the same', async () => {
		const look = (actor: TwoBusinesses['mavuno']) =>
			withBusiness(actor, async ({ db }) =>
				(
					await db
						.selectFrom('businesses.businesses')
						.select('name')
						.where('created_at', '<=', new Date('2100-01-01'))
						.execute()
				).map(({ name }) => name)
			);
		for (let round = 0; round < 12; round++) {
			const [one, other] = await Promise.all([look(businesses.mavuno), look(businesses.pwani)]);
			expect(one).toEqual(['Mavuno Traders Ltd']);
			expect(other).toEqual(['Pwani Farmers Co-operative']);
		}
	});
});

describe('a transaction that leaves together with its commit', () => {
	const write = ({ db }: Scope, key: string) =>
		sql`insert into platform.limits (key, points) values (${key}, 1)`.execute(db);
	const written = async (key: string): Promise<boolean> => {
		const { rows } = await withSystem('test', ({ db }) =>
			sql`select from platform.limits where key = ${key}`.execute(db)
		);
		return rows.length > 0;
	};
	const inOneGo = (work: (scope: Scope) => Promise<unknown>) =>
		withSystem('test', work, { unseen: true, inOneGo: true });

	it('is asked whole before anything is answered, and is written', async () => {
		let asked = (): unknown[] => [];
		runtime.database.system.pool.once('acquire', (client) => {
			const { mock } = vi.spyOn(client, 'query');
			asked = () => mock.calls.map(([text]: unknown[]) => text);
		});
		const before = await inOneGo(async (scope) => {
			await write(scope, 'one go');
			return asked();
		});
		expect(before).toEqual(['begin', expect.stringContaining('insert'), 'commit']);
		expect(await written('one go')).toBe(true);
	});

	it('writes nothing when a query fails, be it one that nobody heeds', async () => {
		await expect(
			inOneGo((scope) => Promise.all([write(scope, 'failed'), sql`select 1 / 0`.execute(scope.db)]))
		).rejects.toThrow('division by zero');
		await expect(
			inOneGo(async (scope) => {
				const unheeded = sql`select 1 / 0`.execute(scope.db).catch(() => undefined);
				await Promise.all([unheeded, write(scope, 'failed').catch(() => undefined)]);
			})
		).rejects.toThrow('A query failed');
		await expect(
			inOneGo(({ db }) =>
				Promise.all([
					sql`insert into platform.limits (key) values ('failed')`.execute(db),
					sql`select platform.require(1 = 2, 'one is two')`.execute(db)
				])
			)
		).rejects.toThrow('It does not hold that one is two.');
		expect(await written('failed')).toBe(false);
	});

	it('writes nothing when the work breaks off before it has asked everything', async () => {
		await expect(
			inOneGo(async (scope) => {
				const half = write(scope, 'half');
				if (scope.now) throw new Error('broke off');
				await half;
			})
		).rejects.toThrow('broke off');
		expect(await written('half')).toBe(false);
	});
});
