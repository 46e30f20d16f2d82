import { withSystem } from '../../platform/doors.ts';
import { emit } from '../../platform/events.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'password.changed': { personId: string };
		'second-factor.changed': { personId: string; to: 'on' | 'off' | 'reset' };
		'recovery-codes.made': { personId: string };
		/** A wrong password for an account that there is. */
		'sign-in.failed': { personId: string; userAgent: string };
	}
}

interface OwnEvents {
	'password.changed': object;
	'second-factor.changed': { to: 'on' | 'off' | 'reset' };
	'recovery-codes.made': object;
	'sign-in.failed': { userAgent: string };
}

type FindBusinesses = (scope: Scope<System>, personId: string) => Promise<string[]>;
let findBusinesses: FindBusinesses = () => Promise.resolve([]);

/** Said by whoever knows which businesses a person belongs to: accounts know none. */
export function setBusinessesOfPersons(find: FindBusinesses): void {
	findBusinesses = find;
}

/** Tells every business of a person what became of their own sign-in. */
export async function tellOfPerson<K extends keyof OwnEvents>(
	scope: Scope<System>,
	kind: K,
	personId: string,
	data: OwnEvents[K]
): Promise<void> {
	for (const businessId of await findBusinesses(scope, personId))
		await emit(scope, kind, { personId, ...data } as never, businessId);
}

/**
 * Tells of a wrong password, beside the answer and not before it: how long the answer takes must not say
 * whether there is such an account.
 */
export function tellFailedSignIn(personId: string, userAgent: string): void {
	const { log } = runtime();
	withSystem('identity.sign-in', (scope) =>
		tellOfPerson(scope, 'sign-in.failed', personId, { userAgent: userAgent.slice(0, 300) })
	).catch((error: unknown) => {
		log.warn({ error }, 'a failed sign-in could not be written down');
	});
}

/** Where a session that still is was begun; null for one that is over. */
export async function readSessionOrigin(
	{ db }: Scope<System>,
	{ sessionId }: { sessionId: string }
): Promise<{ userAgent: string; address: string } | null> {
	const row = await db
		.selectFrom('identity.sessions')
		.select(['user_agent as userAgent', 'address'])
		.where('id', '=', sessionId)
		.executeTakeFirst();
	return row ?? null;
}
