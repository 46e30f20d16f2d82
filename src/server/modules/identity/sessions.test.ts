import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid, TooMany, Unauthorized } from '#server/platform/errors.ts';
import { tokenHash } from '#server/platform/secrets.ts';
import { addMember, createBusiness } from '../businesses/index.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { sessionFrom } from '../../../../tests/setup/sign-in.ts';
import {
	createPerson,
	endSession,
	idleHours,
	lifetimeDays,
	readSession,
	signIn,
	sweepSessions
} from './index.ts';

const password = 'maize flour, forty bags';
const start = new Date('2026-11-25T09:00:00Z');
const hours = (count: number): Date => new Date(start.getTime() + count * 3_600_000);

let runtime: TestRuntime;
let businessId: string;

beforeAll(async () => {
	runtime = await startTestRuntime(start);
	await withSystem('test', async (scope) => {
		businessId = (await createBusiness(scope, { name: 'Mavuno Traders Ltd' })).id;
		const { id: personId } = await createPerson(scope, {
			email: 'Wanjiku@Mavuno.example',
			name: 'Wanjiku Kamau',
			password
		});
		await addMember(scope, { businessId, personId, role: 'owner' });
		await createPerson(scope, {
			email: 'nobody@mavuno.example',
			name: 'No Password',
			password: null
		});
	});
}, 60_000);
afterAll(() => runtime.stop());
beforeEach(() => runtime.clock.set(start));

let addresses = 0;
const tryIn = (
	email: string,
	secret: string,
	more: { address?: string; previousToken?: string } = {}
) =>
	sessionFrom(
		signIn(
			{ email, password: secret, address: `10.0.0.${(addresses += 1)}`, ...more },
			async () => businessId
		)
	);
const read = (token: string) => withSystem('test', (scope) => readSession(scope, { token }));

describe('signing in', () => {
	it('works with the address in any case, and stores the hash of the token alone', async () => {
		const { token } = await tryIn('wanjiku@mavuno.example', password);
		expect(await read(token)).toMatchObject({ name: 'Wanjiku Kamau', businessId, staff: false });
		const rows = await withSystem('test', ({ db }) =>
			db.selectFrom('identity.sessions').select('token_hash').execute()
		);
		expect(rows.map((row) => row.token_hash)).toContainEqual(tokenHash(token));
		expect(JSON.stringify(rows)).not.toContain(token);
	});

	it('answers a wrong password, an unknown address and a person without a password alike', async () => {
		const failures = await Promise.all(
			[
				['wanjiku@mavuno.example', 'wrong'],
				['stranger@mavuno.example', password],
				['nobody@mavuno.example', '!']
			].map(([email = '', secret = '']) => tryIn(email, secret).catch((error: unknown) => error))
		);
		for (const failure of failures) {
			expect(failure).toBeInstanceOf(Unauthorized);
			expect(failure).toMatchObject({
				code: 'wrong_credentials',
				message: (failures[0] as Error).message
			});
		}
	});

	it('takes about as long for an unknown address as for a wrong password', async () => {
		const time = async (email: string): Promise<number> => {
			const began = performance.now();
			await tryIn(email, 'wrong').catch(() => undefined);
			return performance.now() - began;
		};
		const known: number[] = [];
		const unknown: number[] = [];
		for (let round = 0; round < 4; round++) {
			known.push(await time('wanjiku@mavuno.example'));
			unknown.push(await time(`stranger${round}@mavuno.example`));
		}
		// The hash takes tens of milliseconds; without it the answer would come in two or three.
		expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 3);
	});

	it('asks for both fields by name', async () => {
		const failure = await tryIn(' ', '').catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(Invalid);
		expect((failure as Invalid).issues.map(({ path }) => path)).toEqual(['email', 'password']);
	});

	it('ends the session the browser had before, and makes a new token', async () => {
		const planted = await tryIn('wanjiku@mavuno.example', password);
		const fresh = await tryIn('wanjiku@mavuno.example', password, { previousToken: planted.token });
		expect(fresh.token).not.toBe(planted.token);
		expect(await read(planted.token)).toBeNull();
		expect(await read(fresh.token)).not.toBeNull();
	});

	it('waits after ten wrong passwords for one account, wherever they come from, even for the right one', async () => {
		await withSystem('test', (scope) =>
			createPerson(scope, { email: 'target@mavuno.example', name: 'Target', password })
		);
		for (let round = 0; round < 10; round++) {
			await expect(tryIn('target@mavuno.example', 'wrong')).rejects.toBeInstanceOf(Unauthorized);
		}
		const failure = await tryIn('target@mavuno.example', password).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(TooMany);
		expect((failure as TooMany).retryAfter).toBeGreaterThan(60);
	});

	it('waits after fifty wrong passwords from one address, whatever the account', async () => {
		const address = '192.0.2.7';
		await Promise.all(
			Array.from({ length: 50 }, (_, round) =>
				tryIn(`guess${round}@mavuno.example`, 'wrong', { address }).catch(() => undefined)
			)
		);
		await expect(tryIn('wanjiku@mavuno.example', password, { address })).rejects.toBeInstanceOf(
			TooMany
		);
	}, 60_000);
});

describe('a session', () => {
	it('is over when it was not used for a day, and lives on when it was', async () => {
		const { token } = await tryIn('wanjiku@mavuno.example', password);
		runtime.clock.set(hours(idleHours - 1));
		expect(await read(token)).not.toBeNull();
		runtime.clock.set(hours(2 * idleHours - 2));
		expect(await read(token)).not.toBeNull();
		runtime.clock.set(hours(3 * idleHours));
		expect(await read(token)).toBeNull();
	});

	it('is over after two weeks however much it was used', async () => {
		const { token } = await tryIn('wanjiku@mavuno.example', password);
		for (let hour = 0; hour < lifetimeDays * 24; hour += idleHours / 2) {
			runtime.clock.set(hours(hour));
			expect(await read(token), `after ${hour} hours`).not.toBeNull();
		}
		runtime.clock.set(hours(lifetimeDays * 24));
		expect(await read(token)).toBeNull();
	});

	it('is over at once when it is ended, and what ends it is told once', async () => {
		const { token, sessionId } = await tryIn('wanjiku@mavuno.example', password);
		const end = () => withSystem('test', (scope) => endSession(scope, token));
		await end();
		await end();
		expect(await read(token)).toBeNull();
		const told = await withSystem('test', ({ db }) =>
			db.selectFrom('platform.events').select('data').where('kind', '=', 'session.ended').execute()
		);
		expect(
			told.filter(({ data }) => (data as { sessionId: string }).sessionId === sessionId)
		).toHaveLength(1);
	});

	it('that ran out is swept, and its end is told', async () => {
		const { token } = await tryIn('wanjiku@mavuno.example', password);
		runtime.clock.set(hours(idleHours * 5));
		expect(await withSystem('test', (scope) => sweepSessions(scope))).toBeGreaterThan(0);
		expect(await read(token)).toBeNull();
		expect(await withSystem('test', (scope) => sweepSessions(scope))).toBe(0);
	});
});
