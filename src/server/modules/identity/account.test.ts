import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid, NotFound, TooMany } from '#server/platform/errors.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { sessionFrom } from '../../../../tests/setup/sign-in.ts';
import {
	changePassword,
	createPerson,
	endOtherSessions,
	endOwnSession,
	idleHours,
	listOwnSessions,
	readSession,
	signIn
} from './index.ts';

const password = 'maize flour, forty bags';
const next = 'sorghum and sunflower';
const start = new Date('2026-11-25T09:00:00Z');

let runtime: TestRuntime;
let addresses = 0;

beforeAll(async () => {
	runtime = await startTestRuntime(start);
});
afterAll(() => runtime.stop());

async function createSignedIn(email: string) {
	const { id: personId } = await withSystem('test', (scope) =>
		createPerson(scope, { email, name: 'Somebody', password })
	);
	return { personId, first: await enter(email), second: await enter(email, 'A second browser') };
}

function enter(email: string, userAgent = 'A browser', secret = password) {
	addresses += 1;
	return sessionFrom(
		signIn({ email, password: secret, userAgent, address: `10.1.0.${addresses}` }, async () => null)
	);
}

const lives = async (token: string) =>
	(await withSystem('test', (scope) => readSession(scope, { token }))) !== null;

describe('own sessions', () => {
	it('are listed without those of anybody else, and without those that are over', async () => {
		const one = await createSignedIn('one@mavuno.example');
		const other = await createSignedIn('other@pwani.example');
		const listed = await listOwnSessions(one);
		expect(listed.map(({ sessionId }) => sessionId).sort()).toEqual(
			[one.first.sessionId, one.second.sessionId].sort()
		);
		expect(listed.map(({ userAgent }) => userAgent)).toContain('A second browser');

		runtime.clock.set(new Date(start.getTime() + (idleHours + 1) * 3_600_000));
		expect(await listOwnSessions(other)).toEqual([]);
		runtime.clock.set(start);
	});

	it('end one by one, and never another person’s', async () => {
		const one = await createSignedIn('ends@mavuno.example');
		const other = await createSignedIn('stays@pwani.example');
		const end = (sessionId: string) => endOwnSession({ personId: one.personId, sessionId });
		await expect(end(other.first.sessionId)).rejects.toBeInstanceOf(NotFound);
		expect(await lives(other.first.token)).toBe(true);
		await end(one.first.sessionId);
		expect(await lives(one.first.token)).toBe(false);
		expect(await lives(one.second.token)).toBe(true);
		await expect(end(one.first.sessionId)).rejects.toBeInstanceOf(NotFound);
	});

	it('end all at once but for the one that asks', async () => {
		const one = await createSignedIn('all@mavuno.example');
		await enter('all@mavuno.example');
		const here = { personId: one.personId, sessionId: one.second.sessionId };
		expect(await endOtherSessions(here)).toBe(2);
		expect((await listOwnSessions(one)).map(({ sessionId }) => sessionId)).toEqual([
			one.second.sessionId
		]);
	});
});

describe('changing the password', () => {
	it('takes the current one, and signs out everywhere else', async () => {
		const { personId, first, second } = await createSignedIn('changes@mavuno.example');
		const here = { personId, sessionId: first.sessionId };
		expect(await changePassword(here, { currentPassword: password, newPassword: next })).toBe(1);
		expect(await lives(first.token)).toBe(true);
		expect(await lives(second.token)).toBe(false);
		await expect(enter('changes@mavuno.example')).rejects.toMatchObject({
			code: 'wrong_credentials'
		});
		expect(await enter('changes@mavuno.example', 'A browser', next)).toHaveProperty('token');
	});

	it('refuses a wrong current one and a short new one, each beside its field', async () => {
		const { personId, first, second } = await createSignedIn('refused@mavuno.example');
		const fields = (input: { currentPassword: string; newPassword: string }) =>
			changePassword({ personId, sessionId: first.sessionId }, input).then(
				() => [],
				(failure: Invalid) => failure.issues.map(({ path }) => path)
			);
		expect(await fields({ currentPassword: 'wrong', newPassword: next })).toEqual([
			'currentPassword'
		]);
		expect(await fields({ currentPassword: '', newPassword: 'short' })).toEqual([
			'currentPassword',
			'newPassword'
		]);
		expect(await lives(second.token)).toBe(true);
		expect(await enter('refused@mavuno.example')).toHaveProperty('token');
	});

	it('waits after ten wrong tries, even for the right one', async () => {
		const { personId, first } = await createSignedIn('guessed@mavuno.example');
		const guess = (currentPassword: string) =>
			changePassword(
				{ personId, sessionId: first.sessionId },
				{ currentPassword, newPassword: next }
			);
		for (let round = 0; round < 10; round++)
			await expect(guess('wrong')).rejects.toBeInstanceOf(Invalid);
		await expect(guess(password)).rejects.toBeInstanceOf(TooMany);
	});
});
