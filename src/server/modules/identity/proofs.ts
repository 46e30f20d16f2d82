import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Invalid, TooMany } from '../../platform/errors.ts';
import { limit } from '../../platform/limits.ts';
import { post } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { parse } from '../../platform/usecase.ts';
import { openSecret, stepOf } from './authenticator.ts';
import { recoveryCodeLetter, wrongCodesLetter } from './letters.ts';
import { countCodes, RecoveryCode, spendCode } from './recovery-codes.ts';

/** What proves the second factor: a code of the app or, without the app, a recovery code. */
export type Proof = { code: string } | { recoveryCode: string };

/** As it may be pasted: with spaces, or a dash in the middle. */
export const Code = v.pipe(
	v.string(),
	v.transform((typed) => typed.replace(/[\s\p{P}]/gu, '')),
	v.regex(/^[0-9]{6}$/, 'A code has six digits, such as 123 456.')
);

/*
 * Three codes of a million are right at a time. Thirty tries a day make one chance in a hundred
 * after nearly four months, and each day of them is told to the person. Recovery codes cannot be
 * guessed; they have a count of their own so that whoever uses up the tries at codes does not keep
 * out the person, who can still come in with one.
 */
const triesAtCode = [
	limit('second-factor-code', 5, 900),
	limit('second-factor-code-day', 30, 86_400)
];
const triesAtRecovery = [limit('second-factor-recovery', 10, 900)];
const warnings = limit('second-factor-warning', 1, 86_400);

const triesAt = (proof: Proof) => ('code' in proof ? triesAtCode : triesAtRecovery);

/**
 * Does the work if the person proves their second factor, in the same transaction in which the proof is
 * used up: should the work fail, the proof can be given again.
 * @throws Invalid by field `code` or `recoveryCode`, the same for a wrong one and for one used before;
 *   TooMany
 */
export async function withProof<R>(
	personId: string,
	proof: Proof,
	work: (scope: Scope<System>) => Promise<R>
): Promise<R> {
	const given =
		'code' in proof
			? parse(v.object({ code: Code }), proof)
			: parse(v.object({ recoveryCode: RecoveryCode }), proof);
	await takeTry(personId, given);
	const result = await withSystem('identity.second-factor', async (scope) => {
		if ('code' in given) await acceptCode(scope, personId, given.code);
		else await acceptRecoveryCode(scope, personId, given.recoveryCode);
		return work(scope);
	});
	for (const tries of triesAt(given)) await tries.forgive(personId);
	return result;
}

/** Counted before it is looked at, so that tries made at the same moment count too. */
async function takeTry(personId: string, proof: Proof): Promise<void> {
	try {
		for (const tries of triesAt(proof)) await tries.take(personId);
	} catch (failure) {
		if (failure instanceof TooMany) await warn(personId);
		throw failure;
	}
}

async function acceptCode(scope: Scope<System>, personId: string, code: string): Promise<void> {
	const { db, now } = scope;
	const factor = await db
		.selectFrom('identity.second_factors')
		.select('secret_sealed')
		.where('person_id', '=', personId)
		.executeTakeFirst();
	const step = factor && stepOf({ secret: openSecret(personId, factor.secret_sealed), code, now });
	if (step === undefined || step === null) throw wrongCode();
	const { numUpdatedRows } = await db
		.updateTable('identity.second_factors')
		.set({ last_step: step })
		.where('person_id', '=', personId)
		// RFC 6238, 5.2: one code opens once. Of two tries with it at the same moment the second waits here
		// for the first, and finds its step taken.
		.where('last_step', '<', step)
		.executeTakeFirst();
	if (numUpdatedRows === 0n) throw wrongCode();
}

export function wrongCode(): Invalid {
	return new Invalid([
		{
			path: 'code',
			message: 'This code is not right, or it has been used. Wait for the next one in your app.'
		}
	]);
}

async function acceptRecoveryCode(
	scope: Scope<System>,
	personId: string,
	code: string
): Promise<void> {
	if (!(await spendCode(scope, { personId, code }))) {
		throw new Invalid([
			{
				path: 'recoveryCode',
				message: 'This recovery code is not right, or it has been used. Try another.'
			}
		]);
	}
	const [person, left] = await Promise.all([
		readAddressee(scope, personId),
		countCodes(scope, { personId })
	]);
	await post(scope, recoveryCodeLetter({ ...person, left, portal: runtime().publicUrl }));
}

/** Once a day: somebody has the password and tries codes. */
async function warn(personId: string): Promise<void> {
	try {
		await warnings.take(personId);
	} catch (failure) {
		if (failure instanceof TooMany) return;
		throw failure;
	}
	await withSystem('identity.second-factor', async (scope) => {
		const person = await readAddressee(scope, personId);
		await post(scope, wrongCodesLetter({ ...person, portal: runtime().publicUrl }));
	});
}

export function readAddressee(
	{ db }: Scope<System>,
	personId: string
): Promise<{ name: string; email: string }> {
	return db
		.selectFrom('identity.persons')
		.select(['name', 'email'])
		.where('id', '=', personId)
		.executeTakeFirstOrThrow();
}
