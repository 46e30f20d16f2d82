import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Invalid } from '../../platform/errors.ts';
import { limit } from '../../platform/limits.ts';
import { verifyPassword } from './passwords.ts';

/** A session left open must not be where a stranger tries passwords. */
const tries = limit('own-password', 10, 900);

export const CurrentPassword = v.pipe(
	v.string('Write the password you have now.'),
	v.nonEmpty('Write the password you have now.'),
	v.maxLength(200, 'A password has at most 200 characters.')
);

/**
 * Asks somebody who is signed in for their password again.
 * @param field where the words go when it is wrong
 * @returns the hash that was verified
 * @throws Invalid by `field`; TooMany
 */
export async function provePassword(
	personId: string,
	password: string,
	field: string
): Promise<string> {
	await tries.check(personId);
	const { password_hash } = await withSystem('identity.own-password', ({ db }) =>
		db
			.selectFrom('identity.persons')
			.select('password_hash')
			.where('id', '=', personId)
			.executeTakeFirstOrThrow()
	);
	// Outside any transaction: it takes tens of milliseconds by design.
	if (!(await verifyPassword(password_hash, password))) {
		await tries.take(personId);
		throw wrongPassword(field);
	}
	return password_hash;
}

export function wrongPassword(field: string): Invalid {
	return new Invalid([{ path: field, message: 'This is not the password you have now.' }]);
}
