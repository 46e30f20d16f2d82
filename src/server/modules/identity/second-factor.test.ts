import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { Conflict, Invalid, NotFound } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';

import { lettersTo } from '../../../../tests/setup/letters.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	codeOf,
	createGuarded,
	createNewcomer,
	issuesOf,
	password,
	readToken,
	setUpFactor,
	signInAgain
} from '../../../../tests/setup/second-factor.ts';
import {
	confirmSecondFactor,
	endSession,
	offerMinutes,
	offerSecondFactor,
	readOffer,
	readSecondFactor,
	recoveryCodeCount,
	removeSecondFactor,
	resetSecondFactor,
	setUpSecondFactor
} from './index.ts';
import { sweepOffers } from './second-factor.ts';

const start = new Date('2026-11-25T09:00:00Z');
const later = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);

let runtime: TestRuntime;
let jobs: RunningJobs;

beforeAll(async () => {
	runtime = await startTestRuntime(start);
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});
beforeEach(() => runtime.clock.set(start));

describe('setting up', () => {
	it('asks for the password before it shows a secret', async () => {
		const person = await createNewcomer();
		expect(await issuesOf(offerSecondFactor(person, { password: 'wrong' }))).toMatchObject([
			{ path: 'password' }
		]);
		expect(await readOffer(person)).toBeNull();
		await offerSecondFactor(person, { password });
		const offer = await readOffer(person);
		expect(offer?.secret).toMatch(/^[A-Z2-7]{32}$/);
		expect(offer?.uri).toContain(offer?.secret);
		// Until it is confirmed, nothing is asked for at sign-in.
		expect(await readSecondFactor(person)).toBeNull();
		expect(await signInAgain(person.email)).toHaveProperty('token');
	});

	it('shows the secret to the session that asked and to no other, and stores it sealed', async () => {
		const person = await createNewcomer();
		await offerSecondFactor(person, { password });
		const { secret = '' } = (await readOffer(person)) ?? {};
		const elsewhere = await signInAgain(person.email);
		expect(await readOffer(elsewhere)).toBeNull();
		const rows = await withSystem('test', ({ db }) =>
			db.selectFrom('identity.second_factor_offers').select('secret_sealed').execute()
		);
		expect(rows.length).toBeGreaterThan(0);
		expect(rows.some((row) => row.secret_sealed.includes(secret))).toBe(false);
	});

	it('is confirmed by a first code; a wrong one leaves the secret as it was', async () => {
		const person = await createNewcomer();
		await offerSecondFactor(person, { password });
		const { secret = '' } = (await readOffer(person)) ?? {};
		const wrong = codeOf(secret, start, 9);
		expect(await issuesOf(setUpSecondFactor(person, { code: wrong }))).toMatchObject([
			{ path: 'code' }
		]);
		expect((await readOffer(person))?.secret).toBe(secret);
		const done = await setUpSecondFactor(person, { code: codeOf(secret, start) });
		expect(await readSecondFactor(person)).toEqual({
			since: start,
			recoveryCodesLeft: recoveryCodeCount
		});
		expect(await readOffer(person)).toBeNull();
		expect(new Set(done.recoveryCodes).size).toBe(10);
		for (const code of done.recoveryCodes)
			expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){2}$/);
		expect((await lettersTo(person.email)).map(({ subject }) => subject)).toEqual([
			'Two-step sign-in is on'
		]);
	});

	it('counts as given in its session, whose token changes while its id stays', async () => {
		const person = await createNewcomer();
		expect(await readToken(person.token)).toMatchObject({ secondFactorAt: null });
		const { token } = await setUpFactor(person, start);
		expect(await readToken(person.token)).toBeNull();
		expect(await readToken(token)).toMatchObject({
			sessionId: person.sessionId,
			secondFactorAt: start
		});
	});

	it('waits half an hour for the first code, and ends with the session', async () => {
		const person = await createNewcomer();
		await offerSecondFactor(person, { password });
		const { secret = '' } = (await readOffer(person)) ?? {};
		const over = later(offerMinutes * 60);
		runtime.clock.set(over);
		expect(await readOffer(person)).toBeNull();
		await expect(setUpSecondFactor(person, { code: codeOf(secret, over) })).rejects.toMatchObject({
			code: 'second_factor_offer_over'
		});

		const offers = () =>
			withSystem('test', ({ db }) =>
				db
					.selectFrom('identity.second_factor_offers')
					.select('session_id')
					.where('session_id', '=', person.sessionId)
					.execute()
			);
		expect(await offers()).toHaveLength(1);
		await withSystem('test', (scope) => sweepOffers(scope));
		expect(await offers()).toHaveLength(0);
		await offerSecondFactor(person, { password });
		await withSystem('test', (scope) => endSession(scope, person.token));
		expect(await offers()).toHaveLength(0);
	});

	it('happens once, also when two browsers confirm at the same moment', async () => {
		const first = await createNewcomer();
		const second = await signInAgain(first.email);
		const confirm = async (own: { personId: string; sessionId: string }) => {
			const { secret = '' } = (await readOffer(own)) ?? {};
			return setUpSecondFactor(own, { code: codeOf(secret, start) });
		};
		await offerSecondFactor(first, { password });
		await offerSecondFactor(second, { password });
		const outcomes = await Promise.allSettled([confirm(first), confirm(second)]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { status: 409 }
		});
		await expect(offerSecondFactor(first, { password })).rejects.toBeInstanceOf(Conflict);
	});
});

describe('turning off', () => {
	const remove = (
		person: { personId: string },
		secret: string,
		proof: Parameters<typeof confirmSecondFactor>[1]
	) => removeSecondFactor(person, { password: secret, proof });

	it('takes the password and a code', async () => {
		const person = await createGuarded(start);
		const right = { code: codeOf(person.secret, start, 1) };
		expect(await issuesOf(remove(person, 'wrong', right))).toMatchObject([{ path: 'password' }]);
		expect(await issuesOf(remove(person, password, { code: '000000' }))).toMatchObject([
			{ path: 'code' }
		]);
		expect(await readSecondFactor(person)).not.toBeNull();
		await remove(person, password, right);
		expect(await readSecondFactor(person)).toBeNull();
		expect((await lettersTo(person.email)).map(({ subject }) => subject)).toContain(
			'Two-step sign-in is off'
		);
		// What it proved counts no more, and its codes open nothing.
		expect(await readToken(person.token)).toMatchObject({ secondFactorAt: null });
		await expect(
			confirmSecondFactor(person, { recoveryCode: person.recoveryCodes[0] ?? '' })
		).rejects.toBeInstanceOf(Invalid);
		expect(await signInAgain(person.email)).toHaveProperty('token');
	});

	it('works with a recovery code, for whoever has a new phone; then it can be set up again', async () => {
		const person = await createGuarded(start);
		await remove(person, password, { recoveryCode: person.recoveryCodes[0] ?? '' });
		const again = await setUpFactor(person, start);
		expect(again.secret).not.toBe(person.secret);
		await expect(
			confirmSecondFactor(person, { recoveryCode: person.recoveryCodes[1] ?? '' })
		).rejects.toBeInstanceOf(Invalid);
	});

	it('is done by an operator for whoever has lost everything', async () => {
		const [person, other] = [await createGuarded(start), await createGuarded(start)];
		const reset = (email: string) =>
			withSystem('test', (scope) => resetSecondFactor(scope, { email }));
		await reset(person.email.toUpperCase());
		expect(await readSecondFactor(person)).toBeNull();
		expect(await readToken(person.token)).toMatchObject({ secondFactorAt: null });
		expect((await lettersTo(person.email)).map(({ subject }) => subject)).toContain(
			'Two-step sign-in was turned off for you'
		);
		expect(await readSecondFactor(other)).not.toBeNull();
		await expect(reset(person.email)).rejects.toMatchObject({ code: 'no_second_factor' });
		await expect(reset('nobody@mavuno.example')).rejects.toBeInstanceOf(NotFound);
	});
});
