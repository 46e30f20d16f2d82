import { sql } from 'kysely';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../tests/setup/runtime.ts';
import {
	changeMember,
	listMembers,
	readBusiness,
	removeMember
} from '#server/modules/businesses/index.ts';
import { countUnread } from '#server/modules/notifications/index.ts';
import { tellChange } from './changes.ts';
import { withBusiness, withSharedReads, withSystem } from './doors.ts';
import { Forbidden } from './errors.ts';
import { announce } from './live.ts';
import type { Member } from './scope.ts';
import { readOnlyRefusal } from './shared-reads.ts';
import { usecase } from './usecase.ts';

let runtime: TestRuntime;
let businesses: TwoBusinesses;
let clerk: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	businesses = await createTwoBusinesses();
	clerk = await createMember(
		businesses.mavuno.businessId,
		'Otieno',
		'otieno@mavuno.example',
		'member'
	);
	// What was announced of them would be a change to the first test.
	await new Promise((resolve) => setTimeout(resolve, 150));
});
afterAll(() => runtime.stop());
beforeEach(() => tellChange(null));

/** How many questions reached PostgreSQL while something was done. */
async function asked<R>(work: () => Promise<R>): Promise<{ result: R; questions: string[] }> {
	const questions: string[] = [];
	const { pool } = runtime.database.app;
	const connect = pool.connect.bind(pool);
	const spy = vi.spyOn(pool, 'connect').mockImplementation((async () => {
		const client = await connect();
		const query = client.query.bind(client) as (...given: unknown[]) => unknown;
		Object.assign(client, {
			query: (text: unknown, ...rest: unknown[]) => {
				questions.push(typeof text === 'string' ? text : '');
				return query(text, ...rest);
			}
		});
		const release = client.release.bind(client);
		client.release = (error) => {
			Object.assign(client, { query, release });
			release(error);
		};
		return client;
	}) as never);
	try {
		return { result: await work(), questions };
	} finally {
		spy.mockRestore();
	}
}

const team = (member: Member) => withSharedReads(member, (scope) => listMembers(scope, {}));

describe('what pages of one business read', () => {
	it('is asked once, by whoever comes first', async () => {
		const first = await asked(() => team(businesses.mavuno));
		expect(first.questions.length).toBeGreaterThan(0);
		const second = await asked(() => team(businesses.mavuno));
		expect(second.questions).toEqual([]);
		expect(second.result).toEqual(first.result);
	});

	it('is asked once by many at a time', async () => {
		const alone = await asked(() => team(businesses.mavuno));
		tellChange(null);
		const together = await asked(() =>
			Promise.all(Array.from({ length: 20 }, () => team(businesses.mavuno)))
		);
		expect(together.questions.length).toBe(alone.questions.length);
	});

	it('is read anew after a change of the business, here or on another process', async () => {
		const name = () => withSharedReads(businesses.mavuno, (scope) => readBusiness(scope, {}));
		const before = await name();
		await withBusiness(businesses.mavuno, ({ db }) =>
			db.updateTable('businesses.businesses').set({ name: 'Renamed' }).execute()
		);
		expect((await name()).name).toBe('Renamed');

		const { result } = await asked(name);
		expect(result.name).toBe('Renamed');
		await withBusiness(businesses.mavuno, ({ db }) =>
			db.updateTable('businesses.businesses').set({ name: before.name }).execute()
		);
		await withSystem('test', (scope) => announce(scope, businesses.mavuno.businessId, 'usage'));
		expect((await name()).name).toBe(before.name);
	});

	it('is read anew after a second', async () => {
		await team(businesses.mavuno);
		await new Promise((resolve) => setTimeout(resolve, 1_050));
		expect((await asked(() => team(businesses.mavuno))).questions).not.toEqual([]);
	});

	it('is everybody’s own to change', async () => {
		const read = () =>
			withSharedReads(businesses.mavuno, ({ db }) =>
				db.selectFrom('businesses.businesses').select('name').execute()
			);
		const [row] = await read();
		if (row) row.name = 'spoilt';
		expect((await read())[0]?.name).not.toBe('spoilt');
	});
});

describe('what is not shared', () => {
	it('the rows of another business, asked with the same words', async () => {
		const names = (member: Member) =>
			withSharedReads(member, ({ db }) =>
				db.selectFrom('businesses.businesses').select('id').execute()
			);
		const [ours, theirs, oursAgain] = await Promise.all([
			names(businesses.mavuno),
			names(businesses.pwani),
			names(businesses.mavuno)
		]);
		expect(ours).toEqual([{ id: businesses.mavuno.businessId }]);
		expect(theirs).toEqual([{ id: businesses.pwani.businessId }]);
		expect(oursAgain).toEqual(ours);
	});

	it('rights: a member is refused what an owner has just read', async () => {
		const secret = usecase('billing.read', v.object({}), ({ db }) =>
			db.selectFrom('businesses.businesses').select('name').execute()
		);
		await withSharedReads(businesses.mavuno, (scope) => secret(scope, {}));
		await expect(withSharedReads(clerk, (scope) => secret(scope, {}))).rejects.toThrow(Forbidden);
	});

	it('what is somebody’s own: each has their own count', async () => {
		const own = (member: Member) =>
			asked(() => withSharedReads(member, (scope) => countUnread(scope, {})));
		expect((await own(businesses.mavuno)).questions).not.toEqual([]);
		expect((await own(clerk)).questions).not.toEqual([]);
		expect((await own(clerk)).questions).toEqual([]);
	});

	it('a role that was taken away', async () => {
		const admin = { ...clerk, role: 'admin' } as const;
		await team(admin);
		await withBusiness(businesses.mavuno, (scope) =>
			changeMember(scope, { personId: clerk.personId, role: 'admin' })
		);
		const roles = async () => (await team(businesses.mavuno)).map(({ role }) => role).toSorted();
		expect(await roles()).toEqual(['admin', 'owner']);
		await withBusiness(businesses.mavuno, (scope) =>
			removeMember(scope, { personId: clerk.personId })
		);
		expect(await roles()).toEqual(['owner']);
	});

	it('a write: PostgreSQL refuses it, and nothing is left of it', async () => {
		const rename = withSharedReads(businesses.mavuno, async ({ db }) => {
			await db.updateTable('businesses.businesses').set({ name: 'written' }).execute();
		});
		await expect(rename).rejects.toMatchObject({ code: readOnlyRefusal });
		const hidden = withSharedReads(businesses.mavuno, async ({ db }) => {
			await sql`with gone as (delete from businesses.businesses returning id) select id from gone`.execute(
				db
			);
		});
		await expect(hidden).rejects.toMatchObject({ code: readOnlyRefusal });
	});

	it('a failure: who waited for the same answer asks for themselves', async () => {
		const waits = (before: string) =>
			withSharedReads(businesses.mavuno, async ({ db }) => {
				const [, rows] = await Promise.all([
					sql.raw(before).execute(db),
					db.selectFrom('businesses.businesses').select('id').execute()
				]);
				return rows;
			});
		const [broken, whole] = await Promise.allSettled([waits('select 1 / 0'), waits('select 1')]);
		expect(broken.status).toBe('rejected');
		expect(whole).toEqual({
			status: 'fulfilled',
			value: [{ id: businesses.mavuno.businessId }]
		});
	});
});
