import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { limit } from '../../platform/limits.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { newToken, tokenHash } from '../../platform/secrets.ts';
import { parse } from '../../platform/usecase.ts';
import { Unauthorized } from '../../platform/errors.ts';
import { verifyPassword } from './passwords.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'session.started': { sessionId: string; personId: string };
		'session.ended': { sessionId: string; personId: string };
	}
}

/** A session unused for this long is over. */
export const idleHours = 24;
/** A session ends this long after sign-in, used or not. */
export const lifetimeDays = 14;

// How stale `seen_at` may be, so that reading a page does not write a row each time.
const touchMinutes = 5;

/** Ten wrong passwords an account in a quarter of an hour, and fifty an address: then both wait. */
const triesPerAccount = limit('sign-in-account', 10, 900);
const triesPerAddress = limit('sign-in-address', 50, 900);

/** `__Host-` binds the cookie to this host and to https; browsers refuse it on plain http. */
export function sessionCookieName(publicUrl: string): string {
	return publicUrl.startsWith('https:') ? '__Host-evolve_session' : 'evolve_session';
}

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
	/** The network address the try comes from. */
	address: v.string(),
	/** The session this browser had before: it ends, so that a token planted before sign-in is worth nothing. */
	previousToken: v.optional(v.string())
});

export interface StartedSession {
	token: string;
	sessionId: string;
	personId: string;
	endsAt: Date;
}

/**
 * Signs in by e-mail and password. The businesses of the person are not known here: `chooseBusiness`
 * tells which one to begin in.
 * @throws TooMany, Unauthorized `wrong_credentials` (the same whether the account exists or not), Invalid.
 */
export async function signIn(
	input: v.InferInput<typeof SignIn>,
	chooseBusiness: (scope: Scope<System>, personId: string) => Promise<string | null>
): Promise<StartedSession> {
	const { email, password, userAgent, address, previousToken } = parse(SignIn, input);
	const account = email.toLowerCase();
	await Promise.all([triesPerAccount.check(account), triesPerAddress.check(address)]);

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
		await Promise.all([triesPerAccount.take(account), triesPerAddress.take(address)]);
		throw new Unauthorized('wrong_credentials', 'The e-mail address or the password is not right.');
	}
	await forgiveTries(account);

	return withSystem('identity.sign-in', async (scope) => {
		if (previousToken) await endSession(scope, previousToken);
		return startSession(scope, person.id, {
			userAgent,
			address,
			businessId: await chooseBusiness(scope, person.id)
		});
	});
}

/** Whoever proved by another way that the account is theirs need not wait for wrong passwords. */
export function forgiveTries(email: string): Promise<void> {
	return triesPerAccount.forgive(email.toLowerCase());
}

/** Begins a session of a person who has just proved who they are. */
export async function startSession(
	scope: Scope<System>,
	personId: string,
	where: { userAgent: string; address: string; businessId: string | null }
): Promise<StartedSession> {
	const { db, now } = scope;
	const token = newToken();
	const id = newId('ses', now);
	const endsAt = new Date(now.getTime() + lifetimeDays * 86_400_000);
	await db
		.insertInto('identity.sessions')
		.values({
			token_hash: tokenHash(token),
			id,
			person_id: personId,
			business_id: where.businessId,
			user_agent: where.userAgent.slice(0, 300),
			address: where.address,
			created_at: now,
			seen_at: now,
			ends_at: endsAt
		})
		.execute();
	if (where.businessId)
		await emit(scope, 'session.started', { sessionId: id, personId }, where.businessId);
	return { token, sessionId: id, personId, endsAt };
}

export interface Session {
	sessionId: string;
	personId: string;
	name: string;
	email: string;
	staff: boolean;
	locale: string;
	/** The business the person is acting for; null for staff and for a person who belongs to none. */
	businessId: string | null;
	/** When the person gave the password. */
	startedAt: Date;
	/** When they last gave their second factor in this session; null when it rests on the password alone. */
	secondFactorAt: Date | null;
}

/** The living session of a token, or null: unknown, idle too long, past its end, or its person is disabled. */
export async function readSession(
	scope: Scope<System>,
	{ token }: { token: string }
): Promise<Session | null> {
	const { db, now } = scope;
	const hash = tokenHash(token);
	const row = await db
		.selectFrom('identity.sessions as s')
		.innerJoin('identity.persons as p', 'p.id', 's.person_id')
		.select([
			's.id',
			's.person_id',
			's.business_id',
			's.created_at',
			's.seen_at',
			's.second_factor_at',
			'p.name',
			'p.email',
			'p.staff',
			'p.locale'
		])
		.where('s.token_hash', '=', hash)
		.where('s.ends_at', '>', now)
		.where('s.seen_at', '>', new Date(now.getTime() - idleHours * 3_600_000))
		.where('p.disabled_at', 'is', null)
		.executeTakeFirst();
	if (!row) return null;
	if (now.getTime() - row.seen_at.getTime() > touchMinutes * 60_000) {
		await db
			.updateTable('identity.sessions')
			.set({ seen_at: now })
			.where('token_hash', '=', hash)
			.execute();
	}
	return {
		sessionId: row.id,
		personId: row.person_id,
		name: row.name,
		email: row.email,
		staff: row.staff,
		locale: row.locale,
		businessId: row.business_id,
		startedAt: row.created_at,
		secondFactorAt: row.second_factor_at
	};
}

/** Ends the session of a token; one that has ended already is no failure. */
export async function endSession(scope: Scope<System>, token: string): Promise<void> {
	const ended = await scope.db
		.deleteFrom('identity.sessions')
		.where('token_hash', '=', tokenHash(token))
		.returning(['id', 'person_id', 'business_id'])
		.execute();
	await tellEnded(scope, ended);
}

/** Ends sessions of a person, all of them unless told otherwise. @returns how many ended */
export async function endSessionsOf(
	scope: Scope<System>,
	{ personId, only, except }: { personId: string; only?: string; except?: string }
): Promise<number> {
	const ended = await scope.db
		.deleteFrom('identity.sessions')
		.where('person_id', '=', personId)
		.$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
		.$if(except !== undefined, (query) => query.where('id', '<>', except ?? ''))
		.returning(['id', 'person_id', 'business_id'])
		.execute();
	await tellEnded(scope, ended);
	return ended.length;
}

async function tellEnded(
	scope: Scope<System>,
	ended: { id: string; person_id: string; business_id: string | null }[]
): Promise<void> {
	for (const { id, person_id, business_id } of ended) {
		if (business_id)
			await emit(scope, 'session.ended', { sessionId: id, personId: person_id }, business_id);
	}
}

/** Lets the session act for another business; the caller has checked that the person belongs to it. */
export async function moveSession(
	scope: Scope<System>,
	{ sessionId, businessId }: { sessionId: string; businessId: string }
): Promise<void> {
	await scope.db
		.updateTable('identity.sessions')
		.set({ business_id: businessId })
		.where('id', '=', sessionId)
		.execute();
}

/** Ends every session that is idle too long or past its end, so that products hear of it too. */
export async function sweepSessions(scope: Scope<System>): Promise<number> {
	const { db, now } = scope;
	const ended = await db
		.deleteFrom('identity.sessions')
		.where((where) =>
			where.or([
				where('ends_at', '<=', now),
				where('seen_at', '<=', new Date(now.getTime() - idleHours * 3_600_000))
			])
		)
		.returning(['id', 'person_id', 'business_id'])
		.execute();
	await tellEnded(scope, ended);
	return ended.length;
}
