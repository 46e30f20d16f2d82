import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid, NotFound, TooMany } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { tokenHash } from '#server/platform/secrets.ts';
import { lettersTo } from '../../../../tests/setup/letters.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	codeOf,
	createGuarded,
	createNewcomer,
	issuesOf,
	readToken
} from '../../../../tests/setup/second-factor.ts';
import {
	confirmSecondFactor,
	makeRecoveryCodes,
	readSecondFactor,
	recoveryCodeCount
} from './index.ts';

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

describe('a code', () => {
	it('opens once: neither it again nor an earlier one, and the next one does', async () => {
		const person = await createGuarded(start);
		const confirm = (steps: number) =>
			confirmSecondFactor(person, { code: codeOf(person.secret, start, steps) });
		// The one that confirmed the set-up is used up, too.
		await expect(confirm(0)).rejects.toBeInstanceOf(Invalid);
		await expect(confirm(-1)).rejects.toBeInstanceOf(Invalid);
		await confirm(1);
		await expect(confirm(1)).rejects.toBeInstanceOf(Invalid);
		runtime.clock.set(later(60));
		await confirm(2);
	});

	it('is told alike whether it is wrong, used, or of somebody without a second factor', async () => {
		const person = await createGuarded(start);
		const nobody = await createNewcomer();
		const told = await Promise.all([
			issuesOf(confirmSecondFactor(person, { code: codeOf(person.secret, start) })),
			issuesOf(confirmSecondFactor(person, { code: codeOf(person.secret, start, 7) })),
			issuesOf(confirmSecondFactor(nobody, { code: codeOf(person.secret, start, 1) }))
		]);
		expect(told[0]).toMatchObject([{ path: 'code' }]);
		expect(told[1]).toEqual(told[0]);
		expect(told[2]).toEqual(told[0]);
	});

	it('may be a step early or late, and no more', async () => {
		const person = await createGuarded(start);
		const at = later(600);
		runtime.clock.set(at);
		const confirm = (steps: number) =>
			confirmSecondFactor(person, { code: codeOf(person.secret, at, steps) });
		await expect(confirm(-2)).rejects.toBeInstanceOf(Invalid);
		await expect(confirm(2)).rejects.toBeInstanceOf(Invalid);
		await confirm(-1);
		await confirm(0);
		await confirm(1);
	});

	it('may be pasted with spaces; what is no code is told so and costs no try', async () => {
		const person = await createGuarded(start);
		for (const typed of ['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦', '12 34 5'])
			expect(await issuesOf(confirmSecondFactor(person, { code: typed })), typed).toMatchObject([
				{ path: 'code', message: expect.stringMatching('six digits') }
			]);
		const code = codeOf(person.secret, start, 1);
		await confirmSecondFactor(person, { code: `\u00a0${code.slice(0, 3)} ${code.slice(3)}\n` });
	});

	it('opens once when it is given several times at the same moment', async () => {
		const person = await createGuarded(start);
		const code = codeOf(person.secret, start, 1);
		const outcomes = await Promise.allSettled(
			Array.from({ length: 4 }, () => confirmSecondFactor(person, { code }))
		);
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	});

	it('of one person opens nothing of another', async () => {
		const [one, other] = [await createGuarded(start), await createGuarded(start)];
		const stolen = { code: codeOf(one.secret, start, 1) };
		await expect(confirmSecondFactor(other, stolen)).rejects.toBeInstanceOf(Invalid);
		await confirmSecondFactor(one, stolen);
		// Nor can somebody name a session that is not theirs.
		await expect(
			confirmSecondFactor(
				{ personId: one.personId, sessionId: other.sessionId },
				{ recoveryCode: one.recoveryCodes[0] ?? '' }
			)
		).rejects.toBeInstanceOf(NotFound);
		expect(await readToken(other.token)).not.toBeNull();
		// The recovery code was given back, since nothing came of it.
		expect((await readSecondFactor(one))?.recoveryCodesLeft).toBe(recoveryCodeCount);
	});

	it('is of no use where the sealed secret was moved to another person', async () => {
		const [one, other] = [await createGuarded(start), await createGuarded(start)];
		await withSystem('test', ({ db }) =>
			db
				.updateTable('identity.second_factors')
				.set((row) => ({
					secret_sealed: row
						.selectFrom('identity.second_factors as mine')
						.select('mine.secret_sealed')
						.where('mine.person_id', '=', one.personId)
				}))
				.where('person_id', '=', other.personId)
				.execute()
		);
		await expect(
			confirmSecondFactor(other, { code: codeOf(one.secret, start, 1) })
		).rejects.toThrow(/authenticate/);
	});
});

describe('giving the second factor while signed in', () => {
	it('is noted in that session alone, under a new token', async () => {
		const person = await createGuarded(start);
		const at = later(900);
		runtime.clock.set(at);
		const { token, endsAt } = await confirmSecondFactor(person, {
			code: codeOf(person.secret, at)
		});
		expect(await readToken(person.token)).toBeNull();
		expect(await readToken(token)).toMatchObject({
			sessionId: person.sessionId,
			startedAt: start,
			secondFactorAt: at
		});
		expect(endsAt).toEqual(person.endsAt);
		const stored = await withSystem('test', ({ db }) =>
			db
				.selectFrom('identity.sessions')
				.select('token_hash')
				.where('id', '=', person.sessionId)
				.execute()
		);
		expect(stored).toEqual([{ token_hash: tokenHash(token) }]);
	});
});

describe('too many wrong codes', () => {
	it('make the person wait, even with a right one; a recovery code still opens, and others are not held up', async () => {
		const [person, other] = [await createGuarded(start), await createGuarded(start)];
		const wrong = { code: codeOf(person.secret, start, 9) };
		for (let round = 0; round < 5; round++)
			await expect(confirmSecondFactor(person, wrong)).rejects.toBeInstanceOf(Invalid);
		const right = { code: codeOf(person.secret, start, 1) };
		await expect(confirmSecondFactor(person, right)).rejects.toBeInstanceOf(TooMany);
		await expect(confirmSecondFactor(person, right)).rejects.toBeInstanceOf(TooMany);
		await confirmSecondFactor(other, { code: codeOf(other.secret, start, 1) });
		await confirmSecondFactor(person, { recoveryCode: person.recoveryCodes[0] ?? '' });
		// Told once, however often it is tried.
		const subjects = (await lettersTo(person.email)).map(({ subject }) => subject);
		expect(
			subjects.filter((subject) => subject === 'Wrong codes were given for your account')
		).toHaveLength(1);
		expect((await lettersTo(other.email)).map(({ subject }) => subject)).toEqual([
			'Two-step sign-in is on'
		]);
	});

	it('are counted when they come all at once, too', async () => {
		const person = await createGuarded(start);
		const outcomes = await Promise.allSettled(
			Array.from({ length: 12 }, (_, index) =>
				confirmSecondFactor(person, { code: codeOf(person.secret, start, 9 + index) })
			)
		);
		const refusals = outcomes.map((outcome) =>
			outcome.status === 'rejected' ? (outcome.reason as Error).constructor.name : 'none'
		);
		expect(refusals.filter((name) => name === 'Invalid')).toHaveLength(5);
		expect(refusals.filter((name) => name === 'TooMany')).toHaveLength(7);
	});

	it('are forgiven by a right one', async () => {
		const person = await createGuarded(start);
		const wrong = { code: codeOf(person.secret, start, 9) };
		for (let round = 0; round < 4; round++)
			await expect(confirmSecondFactor(person, wrong)).rejects.toBeInstanceOf(Invalid);
		await confirmSecondFactor(person, { code: codeOf(person.secret, start, 1) });
		for (let round = 0; round < 4; round++)
			await expect(confirmSecondFactor(person, wrong)).rejects.toBeInstanceOf(Invalid);
	});
});

describe('recovery codes', () => {
	it('work once each, however they are typed, and the person is told', async () => {
		const person = await createGuarded(start);
		const [first = '', second = ''] = person.recoveryCodes;
		await confirmSecondFactor(person, { recoveryCode: first });
		await expect(confirmSecondFactor(person, { recoveryCode: first })).rejects.toBeInstanceOf(
			Invalid
		);
		const typed = ` ${second.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')}`;
		await confirmSecondFactor(person, { recoveryCode: typed });
		expect((await readSecondFactor(person))?.recoveryCodesLeft).toBe(8);
		const letters = (await lettersTo(person.email)).filter(
			({ subject }) => subject === 'A recovery code was used for your account'
		);
		expect(letters).toHaveLength(2);
		const told = letters.map(({ body }) => /You have (\d) left/.exec(body)?.[1]);
		expect(told.sort()).toEqual(['8', '9']);
		expect(letters.some(({ body }) => body.includes(first))).toBe(false);
	});

	it('are stored as hashes that a copy of the database gives nothing to try on', async () => {
		const person = await createGuarded(start);
		const rows = await withSystem('test', ({ db }) =>
			db
				.selectFrom('identity.recovery_codes')
				.select('code_hash')
				.where('person_id', '=', person.personId)
				.execute()
		);
		expect(rows).toHaveLength(recoveryCodeCount);
		for (const code of person.recoveryCodes)
			for (const plain of [code, code.replaceAll('-', '')])
				expect(rows.some((row) => row.code_hash.equals(tokenHash(plain)))).toBe(false);
	});

	it('work once when one is given twice at the same moment', async () => {
		const person = await createGuarded(start);
		const recoveryCode = person.recoveryCodes[3] ?? '';
		const outcomes = await Promise.allSettled([
			confirmSecondFactor(person, { recoveryCode }),
			confirmSecondFactor(person, { recoveryCode })
		]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	});

	it('are the person’s own', async () => {
		const [one, other] = [await createGuarded(start), await createGuarded(start)];
		await expect(
			confirmSecondFactor(other, { recoveryCode: one.recoveryCodes[0] ?? '' })
		).rejects.toBeInstanceOf(Invalid);
		expect((await readSecondFactor(one))?.recoveryCodesLeft).toBe(recoveryCodeCount);
		expect((await readSecondFactor(other))?.recoveryCodesLeft).toBe(recoveryCodeCount);
	});

	it('are of no use where their rows were moved to another person', async () => {
		const [one, other] = [await createGuarded(start), await createGuarded(start)];
		await withSystem('test', async ({ db }) => {
			await db
				.deleteFrom('identity.recovery_codes')
				.where('person_id', '=', other.personId)
				.execute();
			await db
				.insertInto('identity.recovery_codes')
				.columns(['person_id', 'code_hash', 'created_at'])
				.expression((from) =>
					from
						.selectFrom('identity.recovery_codes')
						.select((row) => [row.val(other.personId).as('person_id'), 'code_hash', 'created_at'])
						.where('person_id', '=', one.personId)
				)
				.execute();
		});
		await expect(
			confirmSecondFactor(other, { recoveryCode: one.recoveryCodes[0] ?? '' })
		).rejects.toBeInstanceOf(Invalid);
	});

	it('are made anew for a code, and the ones before are worth nothing', async () => {
		const [person, other] = [await createGuarded(start), await createGuarded(start)];
		await expect(makeRecoveryCodes(person, { code: '000000' })).rejects.toBeInstanceOf(Invalid);
		const made = await makeRecoveryCodes(person, { code: codeOf(person.secret, start, 1) });
		expect(made).toHaveLength(recoveryCodeCount);
		await expect(
			confirmSecondFactor(person, { recoveryCode: person.recoveryCodes[0] ?? '' })
		).rejects.toBeInstanceOf(Invalid);
		await confirmSecondFactor(person, { recoveryCode: made[0] ?? '' });
		await confirmSecondFactor(other, { recoveryCode: other.recoveryCodes[0] ?? '' });
	});
});
