import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Conflict } from '../../platform/errors.ts';
import { limit } from '../../platform/limits.ts';
import { post } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { newToken, tokenHash } from '../../platform/secrets.ts';
import { parse } from '../../platform/usecase.ts';
import { passwordLetter } from './letters.ts';
import { hashPassword } from './passwords.ts';
import { Email, NewPassword } from './persons.ts';
import { endSessionsOf } from './sessions.ts';
import {
	dropPendingSignIns,
	forgiveTries,
	letIn,
	type ChooseBusiness,
	type SignInStep
} from './sign-ins.ts';
import { tellOfPerson } from './telling.ts';

/** A link to set a password is good for this long, and once. */
export const passwordLinkHours = 24;

/**
 * The address at which a person sets their password. Whoever has it is taken for that person, so it
 * goes into a letter to them and nowhere else.
 */
export async function makePasswordLink(
	{ db, now }: Scope<System>,
	{ personId }: { personId: string }
): Promise<string> {
	const token = newToken();
	await db
		.insertInto('identity.password_links')
		.values({
			token_hash: tokenHash(token),
			person_id: personId,
			created_at: now,
			ends_at: new Date(now.getTime() + passwordLinkHours * 3_600_000)
		})
		.execute();
	return `${runtime().publicUrl}/password/${token}`;
}

/** Three letters an account in an hour, so that nobody's post is flooded; thirty an address. */
const asksPerAccount = limit('password-link-account', 3, 3_600);
const asksPerAddress = limit('password-link-address', 30, 3_600);

const AskForPasswordLink = v.object({
	email: Email,
	/** The network address the wish comes from. */
	address: v.string()
});

/**
 * Posts a link to set a password to whoever has this e-mail address. It does not say whether anybody has.
 * @throws Invalid, TooMany
 */
export async function askForPasswordLink(
	input: v.InferInput<typeof AskForPasswordLink>
): Promise<void> {
	const { email, address } = parse(AskForPasswordLink, input);
	await Promise.all([asksPerAccount.take(email.toLowerCase()), asksPerAddress.take(address)]);
	await withSystem('identity.password-link', async (scope) => {
		const person = await scope.db
			.selectFrom('identity.persons')
			.select(['id', 'name', 'email'])
			.where(sql<string>`lower(email)`, '=', email.toLowerCase())
			.where('disabled_at', 'is', null)
			.executeTakeFirst();
		if (!person) return;
		const link = await makePasswordLink(scope, { personId: person.id });
		await post(scope, passwordLetter({ ...person, link, hours: passwordLinkHours }));
	});
}

export interface PasswordLink {
	name: string;
	email: string;
	/** True for somebody who never had a password. */
	first: boolean;
}

/** Whose password a link sets; null when it is unknown, used up or over. Looking does not use it up. */
export async function readPasswordLink({ token }: { token: string }): Promise<PasswordLink | null> {
	return withSystem('identity.password-link', async ({ db, now }) => {
		const row = await db
			.selectFrom('identity.password_links as l')
			.innerJoin('identity.persons as p', 'p.id', 'l.person_id')
			.select(['p.name', 'p.email', 'p.has_password'])
			.where('l.token_hash', '=', tokenHash(token))
			.where('l.ends_at', '>', now)
			.where('p.disabled_at', 'is', null)
			.executeTakeFirst();
		return row ? { name: row.name, email: row.email, first: !row.has_password } : null;
	});
}

const SetPassword = v.object({
	token: v.string(),
	newPassword: NewPassword,
	userAgent: v.optional(v.string(), ''),
	/** The network address the wish comes from. */
	address: v.string(),
	/** The session that this browser had before: it ends. */
	previousToken: v.optional(v.string())
});

/**
 * Sets a password by a link and signs in, as far as a password leads. The link and every other one of the
 * person are used up, and their other sessions end: whoever knew the old password is out.
 * @throws Invalid; Conflict `password_link_over`
 */
export async function setPassword(
	input: v.InferInput<typeof SetPassword>,
	chooseBusiness: ChooseBusiness
): Promise<SignInStep> {
	const { token, newPassword, ...where } = parse(SetPassword, input);
	// Before the costly hash, so that made-up tokens cost little.
	const link = await readPasswordLink({ token });
	if (!link) throw linkOver();
	const password_hash = await hashPassword(newPassword);
	const step = await withSystem('identity.password-link', async (scope) => {
		const { db, now } = scope;
		const used = await db
			.deleteFrom('identity.password_links')
			.where('token_hash', '=', tokenHash(token))
			.where('ends_at', '>', now)
			.returning('person_id')
			.executeTakeFirst();
		if (!used) throw linkOver();
		const personId = used.person_id;
		await db
			.updateTable('identity.persons')
			.set({ password_hash })
			.where('id', '=', personId)
			.execute();
		await dropPasswordLinks(scope, personId);
		await dropPendingSignIns(scope, personId);
		await endSessionsOf(scope, { personId });
		await tellOfPerson(scope, 'password.changed', personId, {});
		return letIn(scope, personId, where, chooseBusiness);
	});
	await forgiveTries(link.email);
	return step;
}

function linkOver(): Conflict {
	return new Conflict(
		'password_link_over',
		'This link has been used, or is older than a day. Ask for another.'
	);
}

export async function dropPasswordLinks(scope: Scope<System>, personId: string): Promise<void> {
	await scope.db.deleteFrom('identity.password_links').where('person_id', '=', personId).execute();
}

export async function sweepPasswordLinks({ db, now }: Scope<System>): Promise<void> {
	await db.deleteFrom('identity.password_links').where('ends_at', '<=', now).execute();
}
