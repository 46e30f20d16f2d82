import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTwoBusinesses, type TwoBusinesses } from '../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../tests/setup/runtime.ts';
import { withBusiness, withSharedReads, withSystem } from './doors.ts';
import { Invalid } from './errors.ts';

let test: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];

beforeAll(async () => {
	test = await startTestRuntime();
	({ mavuno } = await createTwoBusinesses());
});
afterAll(() => test.stop());

describe('a character that PostgreSQL cannot keep', () => {
	it('is the fault of whoever sent it, looked for or written', async () => {
		const looked = (text: string) =>
			withBusiness(mavuno, ({ db }) =>
				db.selectFrom('businesses.businesses').select('id').where('name', '=', text).execute()
			);
		expect(await looked('no such')).toEqual([]);
		await expect(looked('a\0b')).rejects.toBeInstanceOf(Invalid);
		await expect(
			withSharedReads(mavuno, ({ db }) =>
				db.selectFrom('businesses.businesses').select('id').where('name', '=', 'a\0b').execute()
			)
		).rejects.toBeInstanceOf(Invalid);
		await expect(
			withSystem('test', ({ db }) =>
				sql`select ${JSON.stringify({ reason: 'a\0b' })}::jsonb`.execute(db)
			)
		).rejects.toBeInstanceOf(Invalid);
	});

	it('hides no fault of our own', async () => {
		await expect(
			withSystem('test', ({ db }) => sql`select ${'x'}::integer`.execute(db))
		).rejects.toMatchObject({ code: '22P02' });
	});
});

describe('a connection that is lost before the commit', () => {
	it('fails the work, and leaves no promise that nobody waits for', async () => {
		const unhandled: unknown[] = [];
		const note = (reason: unknown): void => {
			unhandled.push(reason);
		};
		process.on('unhandledRejection', note);
		try {
			await expect(
				withSystem('test', async ({ db }) => {
					await sql`select pg_terminate_backend(pg_backend_pid())`
						.execute(db)
						.catch(() => undefined);
				})
			).rejects.toThrow();
			await new Promise(setImmediate);
			expect(unhandled).toEqual([]);
		} finally {
			process.off('unhandledRejection', note);
		}
	});
});
