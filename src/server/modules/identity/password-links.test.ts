import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { Conflict, Invalid, TooMany } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import { tokenHash } from '#server/platform/secrets.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { sessionFrom } from '../../../../tests/setup/sign-in.ts';
import {
	askForPasswordLink,
	createPerson,
	makePasswordLink,
	passwordLinkHours,
	readPasswordLink,
	readSession,
	setPassword,
	signIn
} from './index.ts';

const password = 'maize flour, forty bags';
const next = 'sorghum and sunflower';
const start = new Date('2026-11-25T09:00:00Z');

let runtime: TestRuntime;
let jobs: RunningJobs;
let addresses = 0;

beforeAll(async () => {
	runtime = await startTestRuntime(start);
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const create = (email: string, secret: string | null = password) =>
	withSystem('test', (scope) =>
		createPerson(scope, { email, name: 'Halima Yusuf', password: secret })
	);
const enter = (email: string, secret: string) => {
	addresses += 1;
	return sessionFrom(
		signIn({ email, password: secret, address: `10.2.0.${addresses}` }, async () => null)
	);
};
const tokenIn = (text: string) => /\/password\/([\w-]+)/.exec(text)?.[1] ?? '';
const link = async (personId: string) =>
	tokenIn(await withSystem('test', (scope) => makePasswordLink(scope, { personId })));
const use = (token: string, newPassword = next) =>
	sessionFrom(setPassword({ token, newPassword, address: '10.2.1.1' }, async () => null));
const letters = () => withSystem('test', (scope) => listMails(scope, 50));

describe('a link to set a password', () => {
	it('is stored as its hash alone, and says whose it is', async () => {
		const { id } = await create('halima@mavuno.example', null);
		const token = await link(id);
		expect(await readPasswordLink({ token })).toEqual({
			name: 'Halima Yusuf',
			email: 'halima@mavuno.example',
			first: true
		});
		const rows = await withSystem('test', ({ db }) =>
			db.selectFrom('identity.password_links').select('token_hash').execute()
		);
		expect(rows.map((row) => row.token_hash)).toContainEqual(tokenHash(token));
		expect(await readPasswordLink({ token: 'made-up' })).toBeNull();
	});

	it('sets the first password, signs in, and works once', async () => {
		const { id } = await create('first@mavuno.example', null);
		const [token, other] = [await link(id), await link(id)];
		const started = await use(token);
		expect(
			await withSystem('test', (scope) => readSession(scope, { token: started.token }))
		).toMatchObject({ personId: id });
		expect(await enter('first@mavuno.example', next)).toHaveProperty('token');
		await expect(use(token)).rejects.toMatchObject({ code: 'password_link_over' });
		// The other letter is worth nothing either.
		await expect(use(other)).rejects.toBeInstanceOf(Conflict);
	});

	it('ends the sessions there were, since somebody may have known the old password', async () => {
		const { id } = await create('known@mavuno.example');
		const before = await enter('known@mavuno.example', password);
		await use(await link(id));
		expect(
			await withSystem('test', (scope) => readSession(scope, { token: before.token }))
		).toBeNull();
		await expect(enter('known@mavuno.example', password)).rejects.toMatchObject({
			code: 'wrong_credentials'
		});
	});

	it('is over after a day', async () => {
		const { id } = await create('late@mavuno.example', null);
		const token = await link(id);
		runtime.clock.set(new Date(start.getTime() + passwordLinkHours * 3_600_000));
		expect(await readPasswordLink({ token })).toBeNull();
		await expect(use(token)).rejects.toBeInstanceOf(Conflict);
		runtime.clock.set(start);
	});

	it('is not used up by a password that is too short', async () => {
		const { id } = await create('short@mavuno.example', null);
		const token = await link(id);
		await expect(use(token, 'short')).rejects.toBeInstanceOf(Invalid);
		expect(await use(token)).toHaveProperty('token');
	});

	it('sets one password when it is used twice at the same moment', async () => {
		const { id } = await create('twice@mavuno.example', null);
		const token = await link(id);
		const outcomes = await Promise.allSettled([use(token), use(token, `${next} again`)]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	});
});

describe('asking for a link', () => {
	const ask = (email: string, address = '10.2.2.1') => askForPasswordLink({ email, address });

	it('posts it to whoever has the address, in any case, and to nobody else', async () => {
		await create('Amina@Pwani.example');
		const before = (await letters()).length;
		await ask('amina@pwani.EXAMPLE');
		await ask('stranger@pwani.example');
		const [letter, ...rest] = await letters();
		expect(rest).toHaveLength(before);
		expect(letter?.to).toBe('Amina@Pwani.example');
		expect(await readPasswordLink({ token: tokenIn(letter?.body ?? '') })).toMatchObject({
			first: false
		});
	});

	it('is limited, whether the account exists or not', async () => {
		for (const email of ['flooded@pwani.example', 'nobody@pwani.example']) {
			if (email.startsWith('flooded')) await create(email);
			for (let round = 0; round < 3; round++) await ask(email, `10.2.3.${round}`);
			await expect(ask(email, '10.2.3.9')).rejects.toBeInstanceOf(TooMany);
		}
	});
});
