import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { NotFound } from '../../platform/errors.ts';
import { parse } from '../../platform/usecase.ts';
import { CurrentPassword, provePassword, wrongPassword } from './own-password.ts';
import { dropPasswordLinks } from './password-links.ts';
import { hashPassword } from './passwords.ts';
import { NewPassword } from './persons.ts';
import { endSessionsOf, idleHours } from './sessions.ts';
import { dropPendingSignIns } from './sign-ins.ts';
import { tellOfPerson } from './telling.ts';

/*
 * What a person does with their own sign-in, whichever business they act for and whether they act for
 * one at all. Members' and staff's doors may not touch how anybody signs in, so these open doors of
 * their own; the caller passes the person of the session that asks, and nobody else's.
 */

export interface OwnSession {
	sessionId: string;
	/** As the browser called itself at sign-in. */
	userAgent: string;
	/** The network address of the sign-in. */
	address: string;
	startedAt: Date;
	/** When it was last used, five minutes exact. */
	seenAt: Date;
}

/** Where a person is signed in, the session used last at the top. */
export async function listOwnSessions({ personId }: { personId: string }): Promise<OwnSession[]> {
	return withSystem('identity.own-sessions', ({ db, now }) =>
		db
			.selectFrom('identity.sessions')
			.select([
				'id as sessionId',
				'user_agent as userAgent',
				'address',
				'created_at as startedAt',
				'seen_at as seenAt'
			])
			.where('person_id', '=', personId)
			.where('ends_at', '>', now)
			.where('seen_at', '>', new Date(now.getTime() - idleHours * 3_600_000))
			.orderBy('seen_at', 'desc')
			.orderBy('id')
			.execute()
	);
}

/** Signs a person out somewhere. @throws NotFound for a session that is over, or another person's */
export async function endOwnSession(input: { personId: string; sessionId: string }): Promise<void> {
	await withSystem('identity.own-sessions', async (scope) => {
		const { personId, sessionId } = input;
		if ((await endSessionsOf(scope, { personId, only: sessionId })) === 0)
			throw new NotFound('This session');
	});
}

/** Signs a person out everywhere but in the session that asks. @returns how many sessions ended */
export async function endOtherSessions(input: {
	personId: string;
	sessionId: string;
}): Promise<number> {
	return withSystem('identity.own-sessions', (scope) =>
		endSessionsOf(scope, { personId: input.personId, except: input.sessionId })
	);
}

const ChangePassword = v.object({
	currentPassword: CurrentPassword,
	newPassword: NewPassword
});

/**
 * Changes a person's own password. Every other session of theirs ends, and links to set one with them.
 * @returns how many other sessions ended
 * @throws Invalid by field, also when the current password is wrong; TooMany
 */
export async function changePassword(
	who: { personId: string; sessionId: string },
	input: v.InferInput<typeof ChangePassword>
): Promise<number> {
	const { currentPassword, newPassword } = parse(ChangePassword, input);
	const stored = await provePassword(who.personId, currentPassword, 'currentPassword');
	const password_hash = await hashPassword(newPassword);
	return withSystem('identity.password-change', async (scope) => {
		const { numUpdatedRows } = await scope.db
			.updateTable('identity.persons')
			.set({ password_hash })
			.where('id', '=', who.personId)
			// Changed elsewhere meanwhile: what was verified above is no longer the password.
			.where('password_hash', '=', stored)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw wrongPassword('currentPassword');
		await dropPasswordLinks(scope, who.personId);
		await dropPendingSignIns(scope, who.personId);
		await tellOfPerson(scope, 'password.changed', who.personId, {});
		return endSessionsOf(scope, { personId: who.personId, except: who.sessionId });
	});
}
