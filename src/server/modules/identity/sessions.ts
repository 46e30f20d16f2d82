import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { newToken, tokenHash } from '../../platform/secrets.ts';
import { NotFound } from '../../platform/errors.ts';

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

/** `__Host-` binds the cookie to this host and to https; browsers refuse it on plain http. */
export function sessionCookieName(publicUrl: string): string {
	return publicUrl.startsWith('https:') ? '__Host-evolve_session' : 'evolve_session';
}

export interface StartedSession {
	token: string;
	sessionId: string;
	personId: string;
	endsAt: Date;
}

/** Begins a session of a person who has just proved who they are. */
export async function startSession(
	scope: Scope<System>,
	personId: string,
	where: {
		userAgent: string;
		address: string;
		businessId: string | null;
		secondFactorAt: Date | null;
	}
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
			ends_at: endsAt,
			second_factor_at: where.secondFactorAt
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
	/** When the person signed in. */
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
	const businesses = ended.flatMap(({ business_id }) => business_id ?? []);
	if (businesses.length > 0) await announce(scope, [...new Set(businesses)], 'sessions');
}

/**
 * Writes down that the second factor was given in a session just now. What a session may do grows by it,
 * so its token is made anew, and the one before is worth nothing; the products' sign-ins stay.
 * @throws NotFound for a session that is over, or another person's
 */
export async function strengthenSession(
	{ db, now }: Scope<System>,
	{ personId, sessionId }: { personId: string; sessionId: string }
): Promise<{ token: string; endsAt: Date }> {
	const token = newToken();
	const row = await db
		.updateTable('identity.sessions')
		.set({ token_hash: tokenHash(token), second_factor_at: now })
		.where('id', '=', sessionId)
		.where('person_id', '=', personId)
		.where('ends_at', '>', now)
		.returning('ends_at')
		.executeTakeFirst();
	if (!row) throw new NotFound('This session');
	return { token, endsAt: row.ends_at };
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
