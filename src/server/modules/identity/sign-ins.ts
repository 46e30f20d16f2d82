import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Unauthorized } from '../../platform/errors.ts';
import { limit } from '../../platform/limits.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { newToken, tokenHash } from '../../platform/secrets.ts';
import { parse } from '../../platform/usecase.ts';
import { verifyPassword } from './passwords.ts';
import { withProof, type Proof } from './proofs.ts';
import { endSession, startSession, type StartedSession } from './sessions.ts';
import { tellFailedSignIn } from './telling.ts';

/** Ten wrong passwords an account in a quarter of an hour, and fifty an address: then both wait. */
const triesPerAccount = limit('sign-in-account', 10, 900);
const triesPerAddress = limit('sign-in-address', 50, 900);

/** After the password the code may be given for this long. */
export const pendingMinutes = 10;

/** `__Host-` binds the cookie to this host and to https; browsers refuse it on plain http. */
export function pendingCookieName(publicUrl: string): string {
	return publicUrl.startsWith('https:') ? '__Host-evolve_sign_in' : 'evolve_sign_in';
}

/** Where a sign-in comes from. */
export interface Where {
	userAgent: string;
	/** The network address of the try. */
	address: string;
	/** The session this browser had before: it ends, so that a token planted before sign-in is worth nothing. */
	previousToken?: string | undefined;
}

/** Which business a new session begins in; the businesses of a person are not known here. */
export type ChooseBusiness = (scope: Scope<System>, personId: string) => Promise<string | null>;

/** Somebody who gave the right password and owes a code: there is no session yet. */
export interface PendingSignIn {
	step: 'code';
	pendingToken: string;
	personId: string;
	endsAt: Date;
}

/** What a right password leads to. */
export type SignInStep = (StartedSession & { step: 'in' }) | PendingSignIn;

const SignIn = v.object({
	email: v.pipe(
		v.string('Write your e-mail address.'),
		v.trim(),
		v.nonEmpty('Write your e-mail address.'),
		v.maxLength(254, 'An e-mail address has at most 254 characters.')
	),
	password: v.pipe(
		v.string('Write your password.'),
		v.nonEmpty('Write your password.'),
		v.maxLength(200, 'A password has at most 200 characters.')
	),
	userAgent: v.optional(v.string(), ''),
	address: v.string(),
	previousToken: v.optional(v.string())
});

/**
 * Signs in by e-mail and password, as far as they lead: whoever has a second factor owes a code.
 * @throws TooMany, Unauthorized `wrong_credentials` (the same whether the account exists or not), Invalid.
 */
export async function signIn(
	input: v.InferInput<typeof SignIn>,
	chooseBusiness: ChooseBusiness
): Promise<SignInStep> {
	const { email, password, ...where } = parse(SignIn, input);
	const account = email.toLowerCase();
	await Promise.all([triesPerAccount.check(account), triesPerAddress.check(where.address)]);

	const person = await withSystem('identity.sign-in', (scope) =>
		scope.db
			.selectFrom('identity.persons')
			.select(['id', 'password_hash', 'disabled_at'])
			.where(sql<string>`lower(email)`, '=', account)
			.executeTakeFirst()
	);
	// Outside any transaction: it takes tens of milliseconds by design.
	const fits = await verifyPassword(
		person && !person.disabled_at ? person.password_hash : null,
		password
	);
	if (!person || !fits) {
		if (person) tellFailedSignIn(person.id, where.userAgent);
		await Promise.all([triesPerAccount.take(account), triesPerAddress.take(where.address)]);
		throw new Unauthorized('wrong_credentials', 'The e-mail address or the password is not right.');
	}
	await forgiveTries(account);
	return withSystem('identity.sign-in', (scope) => letIn(scope, person.id, where, chooseBusiness));
}

/** Whoever proved by another way that the account is theirs need not wait for wrong passwords. */
export function forgiveTries(email: string): Promise<void> {
	return triesPerAccount.forgive(email.toLowerCase());
}

/** The step after the first factor: a session, or a code that is owed. */
export async function letIn(
	scope: Scope<System>,
	personId: string,
	where: Where,
	chooseBusiness: ChooseBusiness
): Promise<SignInStep> {
	const { db, now } = scope;
	const factor = await db
		.selectFrom('identity.second_factors')
		.select('person_id')
		.where('person_id', '=', personId)
		.executeTakeFirst();
	if (!factor) return { step: 'in', ...(await begin(scope, personId, where, chooseBusiness)) };

	const pendingToken = newToken();
	const endsAt = new Date(now.getTime() + pendingMinutes * 60_000);
	await db
		.insertInto('identity.pending_sign_ins')
		.values({
			token_hash: tokenHash(pendingToken),
			person_id: personId,
			created_at: now,
			ends_at: endsAt
		})
		.execute();
	return { step: 'code', pendingToken, personId, endsAt };
}

async function begin(
	scope: Scope<System>,
	personId: string,
	{ userAgent, address, previousToken }: Where,
	chooseBusiness: ChooseBusiness,
	secondFactorAt: Date | null = null
): Promise<StartedSession> {
	if (previousToken) await endSession(scope, previousToken);
	const businessId = await chooseBusiness(scope, personId);
	return startSession(scope, personId, { userAgent, address, businessId, secondFactorAt });
}

/** Whose sign-in waits for a code in this browser; null when none does, or no longer. */
export function readPendingSignIn({
	token
}: {
	token: string;
}): Promise<{ personId: string; email: string } | null> {
	return withSystem('identity.sign-in', async ({ db, now }) => {
		const row = await db
			.selectFrom('identity.pending_sign_ins as s')
			.innerJoin('identity.persons as p', 'p.id', 's.person_id')
			.select(['p.id', 'p.email'])
			.where('s.token_hash', '=', tokenHash(token))
			.where('s.ends_at', '>', now)
			.where('p.disabled_at', 'is', null)
			.executeTakeFirst();
		return row ? { personId: row.id, email: row.email } : null;
	});
}

/**
 * Signs in by the code that was owed. The session begins with the second factor given.
 * @throws Unauthorized `sign_in_over` without a sign-in that waits, whatever the code; Invalid by field
 *   `code` or `recoveryCode`; TooMany
 */
export async function completeSignIn(
	token: string,
	proof: Proof,
	where: Where,
	chooseBusiness: ChooseBusiness
): Promise<StartedSession> {
	const pending = await readPendingSignIn({ token });
	if (!pending) throw signInOver();
	return withProof(pending.personId, proof, async (scope) => {
		const { numDeletedRows } = await scope.db
			.deleteFrom('identity.pending_sign_ins')
			.where('token_hash', '=', tokenHash(token))
			.where('ends_at', '>', scope.now)
			.executeTakeFirst();
		if (numDeletedRows === 0n) throw signInOver();
		return begin(scope, pending.personId, where, chooseBusiness, scope.now);
	});
}

function signInOver(): Unauthorized {
	return new Unauthorized('sign_in_over', 'This took too long. Sign in again.');
}

/** What a person's password or factor opened so far opens nothing once either has changed. */
export async function dropPendingSignIns(scope: Scope<System>, personId: string): Promise<void> {
	await scope.db
		.deleteFrom('identity.pending_sign_ins')
		.where('person_id', '=', personId)
		.execute();
}

export async function sweepPendingSignIns({ db, now }: Scope<System>): Promise<void> {
	await db.deleteFrom('identity.pending_sign_ins').where('ends_at', '<=', now).execute();
}
