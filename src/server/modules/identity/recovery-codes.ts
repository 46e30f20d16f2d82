import { createHmac, randomInt } from 'node:crypto';
import * as v from 'valibot';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';

/** As many are made at a time. */
export const recoveryCodeCount = 10;

// Crockford's base 32: no letters that read like digits.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const groups = 3;
const groupLength = 5;

/** As it may be typed: in capitals, with spaces, with the letter O for the digit. */
export const RecoveryCode = v.pipe(
	v.string(),
	v.transform((typed) =>
		typed
			.toLowerCase()
			.replace(/[\s\p{P}]/gu, '')
			.replaceAll('o', '0')
			.replace(/[il]/g, '1')
	),
	v.regex(
		new RegExp(`^[${alphabet}]{${groups * groupLength}}$`),
		`A recovery code has ${groups * groupLength} letters and digits, such as k7q2m-9xdpa-3hw8t.`
	)
);

/**
 * Makes a person's recovery codes; the ones before are worth nothing any more. They cannot be read again.
 * @returns the codes as they are shown: `k7q2m-9xdpa-3hw8t`, 75 random bits each
 */
export async function makeCodes(
	{ db, now }: Scope<System>,
	{ personId }: { personId: string }
): Promise<string[]> {
	const codes = Array.from({ length: recoveryCodeCount }, () =>
		Array.from({ length: groups }, newGroup).join('-')
	);
	await db.deleteFrom('identity.recovery_codes').where('person_id', '=', personId).execute();
	await db
		.insertInto('identity.recovery_codes')
		.values(
			codes.map((code) => ({
				person_id: personId,
				code_hash: hashOf(personId, code.replaceAll('-', '')),
				created_at: now
			}))
		)
		.execute();
	return codes;
}

function newGroup(): string {
	return Array.from({ length: groupLength }, () => alphabet.charAt(randomInt(32))).join('');
}

/** Uses a code up. @returns whether it was one of the person's */
export async function spendCode(
	{ db }: Scope<System>,
	{ personId, code }: { personId: string; code: string }
): Promise<boolean> {
	const { numDeletedRows } = await db
		.deleteFrom('identity.recovery_codes')
		.where('person_id', '=', personId)
		.where('code_hash', '=', hashOf(personId, code))
		.executeTakeFirst();
	return numDeletedRows > 0n;
}

/** How many codes a person has left. */
export async function countCodes(
	{ db }: Scope<System>,
	{ personId }: { personId: string }
): Promise<number> {
	const { left } = await db
		.selectFrom('identity.recovery_codes')
		.select((select) => select.fn.countAll<bigint>().as('left'))
		.where('person_id', '=', personId)
		.executeTakeFirstOrThrow();
	return Number(left);
}

// Under a key of the installation: a copy of the database alone gives nothing to try guesses on.
function hashOf(personId: string, code: string): Buffer {
	return createHmac('sha256', runtime().secrets.derive('recovery codes'))
		.update(`${personId} ${code}`)
		.digest();
}
