import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import type { Unauthorized } from '#server/platform/errors.ts';
import { Invalid, TooMany } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { tokenHash } from '#server/platform/secrets.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	codeOf,
	createGuarded,
	newAddress,
	password
} from '../../../../tests/setup/second-factor.ts';
import {
	changePassword,
	completeSignIn,
	listOwnSessions,
	makePasswordLink,
	pendingMinutes,
	readPendingSignIn,
	readSession,
	removeSecondFactor,
	setPassword,
	signIn,
	type PendingSignIn,
	type Proof,
	type SignInStep
} from './index.ts';
import { sweepPendingSignIns } from './sign-ins.ts';

const next = 'sorghum and sunflower';
const start = new Date('2026-11-25T09:00:00Z');
const where = { userAgent: 'A browser', address: '10.5.1.1' };

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

const enter = (email: string, secret = password, more: { previousToken?: string } = {}) =>
	signIn({ email, password: secret, address: newAddress(), ...more }, async () => null);

async function owing(step: Promise<SignInStep>): Promise<PendingSignIn> {
	const reached = await step;
	if (reached.step !== 'code') throw new Error('No code was asked for.');
	return reached;
}

const complete = (token: string, proof: Proof, from: { previousToken?: string } = {}) =>
	completeSignIn(token, proof, { ...where, ...from }, async () => null);
const read = (token: string) => withSystem('test', (scope) => readSession(scope, { token }));

describe('a right password of somebody with a second factor', () => {
	it('opens no session: a code is owed, and the code opens one', async () => {
		const person = await createGuarded(start);
		const sessions = (await listOwnSessions(person)).length;
		const pending = await owing(enter(person.email));
		expect(await listOwnSessions(person)).toHaveLength(sessions);
		expect(await read(pending.pendingToken)).toBeNull();
		expect(await readPendingSignIn({ token: pending.pendingToken })).toEqual({
			personId: person.personId,
			email: person.email
		});

		const started = await complete(pending.pendingToken, { code: codeOf(person.secret, start, 1) });
		expect(await read(started.token)).toMatchObject({
			personId: person.personId,
			startedAt: start,
			secondFactorAt: start
		});
		expect((await listOwnSessions(person)).map(({ userAgent }) => userAgent)).toContain(
			'A browser'
		);
	});

	it('is told like any other wrong one when it is wrong', async () => {
		const person = await createGuarded(start);
		const told = await Promise.all(
			[person.email, 'nobody@mavuno.example'].map((email) =>
				enter(email, 'wrong').catch((failure: unknown) => failure as Unauthorized)
			)
		);
		expect(told.map((failure) => (failure as Unauthorized).code)).toEqual([
			'wrong_credentials',
			'wrong_credentials'
		]);
	});

	it('ends the session this browser had only once the code is right', async () => {
		const person = await createGuarded(start);
		const previousToken = person.token;
		const { pendingToken } = await owing(enter(person.email, password, { previousToken }));
		expect(await read(previousToken)).not.toBeNull();
		await expect(
			complete(pendingToken, { code: '000000' }, { previousToken })
		).rejects.toBeInstanceOf(Invalid);
		expect(await read(previousToken)).not.toBeNull();
		await complete(pendingToken, { code: codeOf(person.secret, start, 1) }, { previousToken });
		expect(await read(previousToken)).toBeNull();
	});

	it('leads in with a recovery code, too', async () => {
		const person = await createGuarded(start);
		const { pendingToken } = await owing(enter(person.email));
		const started = await complete(pendingToken, { recoveryCode: person.recoveryCodes[0] ?? '' });
		expect(await read(started.token)).toMatchObject({ secondFactorAt: start });
	});
});

describe('a sign-in that waits for its code', () => {
	it('is kept as a hash, for ten minutes', async () => {
		const person = await createGuarded(start);
		const { pendingToken, endsAt } = await owing(enter(person.email));
		expect(endsAt).toEqual(new Date(start.getTime() + pendingMinutes * 60_000));
		const rows = () =>
			withSystem('test', ({ db }) =>
				db
					.selectFrom('identity.pending_sign_ins')
					.select('token_hash')
					.where('person_id', '=', person.personId)
					.execute()
			);
		expect(await rows()).toEqual([{ token_hash: tokenHash(pendingToken) }]);
		runtime.clock.set(endsAt);
		expect(await readPendingSignIn({ token: pendingToken })).toBeNull();
		await expect(
			complete(pendingToken, { code: codeOf(person.secret, endsAt) })
		).rejects.toMatchObject({ code: 'sign_in_over' });
		await withSystem('test', (scope) => sweepPendingSignIns(scope));
		expect(await rows()).toEqual([]);
	});

	it('opens one session', async () => {
		const person = await createGuarded(start);
		const { pendingToken } = await owing(enter(person.email));
		const [code, another] = [codeOf(person.secret, start, 1), codeOf(person.secret, start, 2)];
		await complete(pendingToken, { code });
		runtime.clock.set(new Date(start.getTime() + 30_000));
		await expect(complete(pendingToken, { code: another })).rejects.toMatchObject({
			code: 'sign_in_over'
		});
		// And that code was not used up by it.
		const { pendingToken: fresh } = await owing(enter(person.email));
		await complete(fresh, { code: another });
	});

	it('opens one session when it is given a code and a recovery code at the same moment', async () => {
		const person = await createGuarded(start);
		const sessions = (await listOwnSessions(person)).length;
		const { pendingToken } = await owing(enter(person.email));
		const outcomes = await Promise.allSettled([
			complete(pendingToken, { code: codeOf(person.secret, start, 1) }),
			complete(pendingToken, { recoveryCode: person.recoveryCodes[0] ?? '' })
		]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await listOwnSessions(person)).toHaveLength(sessions + 1);
	});

	it('opens one session of two that are given the same code at the same moment', async () => {
		const person = await createGuarded(start);
		const one = await owing(enter(person.email));
		const two = await owing(enter(person.email));
		const code = codeOf(person.secret, start, 1);
		const outcomes = await Promise.allSettled([
			complete(one.pendingToken, { code }),
			complete(two.pendingToken, { code })
		]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	});

	it('is of one person: the code of another opens nothing, and neither does a made-up token', async () => {
		const [person, other] = [await createGuarded(start), await createGuarded(start)];
		const { pendingToken } = await owing(enter(person.email));
		await expect(
			complete(pendingToken, { code: codeOf(other.secret, start, 1) })
		).rejects.toBeInstanceOf(Invalid);
		await expect(
			complete(pendingToken, { recoveryCode: other.recoveryCodes[0] ?? '' })
		).rejects.toBeInstanceOf(Invalid);
		// Without the browser's token all codes are told alike, the right one as well.
		for (const code of [codeOf(person.secret, start, 1), '000000', 'no code'])
			await expect(complete('made-up', { code })).rejects.toMatchObject({ code: 'sign_in_over' });
	});

	it('is over when the password or the factor changes, or the person is shut out', async () => {
		const changed = await createGuarded(start);
		const first = await owing(enter(changed.email));
		await changePassword(changed, { currentPassword: password, newPassword: next });
		expect(await readPendingSignIn({ token: first.pendingToken })).toBeNull();

		const removed = await createGuarded(start);
		const second = await owing(enter(removed.email));
		const proof = { code: codeOf(removed.secret, start, 1) };
		await removeSecondFactor(removed, { password, proof });
		expect(await readPendingSignIn({ token: second.pendingToken })).toBeNull();

		const disabled = await createGuarded(start);
		const third = await owing(enter(disabled.email));
		await withSystem('test', ({ db, now }) =>
			db
				.updateTable('identity.persons')
				.set({ disabled_at: now })
				.where('id', '=', disabled.personId)
				.execute()
		);
		await expect(
			complete(third.pendingToken, { code: codeOf(disabled.secret, start, 1) })
		).rejects.toMatchObject({ code: 'sign_in_over' });
	});

	it('cannot be multiplied to try more codes', async () => {
		const person = await createGuarded(start);
		const wrong = { code: codeOf(person.secret, start, 9) };
		for (let round = 0; round < 5; round++) {
			const { pendingToken } = await owing(enter(person.email));
			await expect(complete(pendingToken, wrong)).rejects.toBeInstanceOf(Invalid);
		}
		const { pendingToken } = await owing(enter(person.email));
		await expect(complete(pendingToken, wrong)).rejects.toBeInstanceOf(TooMany);
	});
});

describe('a link to set a password', () => {
	it('does not lead past the second factor', async () => {
		const person = await createGuarded(start);
		const before = await owing(enter(person.email));
		const link = await withSystem('test', (scope) => makePasswordLink(scope, person));
		const token = /\/password\/([\w-]+)/.exec(link)?.[1] ?? '';
		const pending = await owing(
			setPassword({ token, newPassword: next, ...where }, async () => null)
		);
		// Whoever got in by the old password is out, at whichever step.
		expect(await readPendingSignIn({ token: before.pendingToken })).toBeNull();
		expect(await listOwnSessions(person)).toEqual([]);
		const started = await complete(pending.pendingToken, { code: codeOf(person.secret, start, 1) });
		expect(await read(started.token)).toMatchObject({ secondFactorAt: start });
	});
});
