import { createHash, randomBytes } from 'node:crypto';
import type { Person } from './application.ts';

/** A browser that is signed in to the product. */
export interface Session {
	person: Person;
	/** The portal's name for this sign-in: logout tokens carry it. */
	sid: string;
	/** Shown to the portal when the person signs out here. */
	idToken: string;
	startedAt: number;
	endsAt: number;
}

const lifetimeMs = 12 * 3_600_000;

/**
 * Sessions in memory, found by the hash of their cookie. After a restart everybody signs in again,
 * which costs one redirect while they are signed in to the portal.
 */
export class Sessions {
	readonly #sessions = new Map<string, Session>();

	/** @returns the token for the cookie */
	start(session: Omit<Session, 'startedAt' | 'endsAt'>): string {
		this.#sweep();
		const token = randomBytes(32).toString('base64url');
		const startedAt = Date.now();
		this.#sessions.set(hash(token), { ...session, startedAt, endsAt: startedAt + lifetimeMs });
		return token;
	}

	find(token: string | undefined): Session | undefined {
		const session = token ? this.#sessions.get(hash(token)) : undefined;
		return session && session.endsAt > Date.now() ? session : undefined;
	}

	end(token: string | undefined): void {
		if (token) this.#sessions.delete(hash(token));
	}

	/** Ends what a logout token names: one sign-in, or without `sid` every one of the person. */
	endAll({ sid, sub }: { sid?: string | undefined; sub?: string | undefined }): number {
		let ended = 0;
		for (const [key, session] of this.#sessions) {
			if (sid !== undefined ? session.sid !== sid : session.person.sub !== sub) continue;
			this.#sessions.delete(key);
			ended += 1;
		}
		return ended;
	}

	/**
	 * Makes the sessions of a business follow who may be in the product and in which role, as it was at
	 * `asOf`. Of a session begun since then that says nothing.
	 */
	follow(businessId: string, people: { id: string; role: string }[], asOf: number): void {
		const roles = new Map(people.map(({ id, role }) => [id, role]));
		for (const [key, session] of this.#sessions) {
			const { person, startedAt } = session;
			if (person.business.id !== businessId || startedAt >= asOf) continue;
			const role = roles.get(person.sub);
			if (role === undefined) this.#sessions.delete(key);
			else session.person = { ...person, role };
		}
	}

	#sweep(): void {
		for (const [key, { endsAt }] of this.#sessions)
			if (endsAt <= Date.now()) this.#sessions.delete(key);
	}
}

function hash(token: string): string {
	return createHash('sha256').update(token).digest('base64url');
}
