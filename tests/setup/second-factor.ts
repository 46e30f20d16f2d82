import { setTimeout as wait } from 'node:timers/promises';
import { Secret, TOTP } from 'otpauth';
import {
	createPerson,
	offerSecondFactor,
	readOffer,
	readSession,
	setUpSecondFactor,
	signIn,
	type StartedSession
} from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import type { Invalid, Issue } from '#server/platform/errors.ts';
import { sessionFrom } from './sign-in.ts';

/** The code that an authenticator app shows, at a moment or some steps of 30 seconds after it. */
export function codeOf(secret: string, at: Date, steps = 0): string {
	return TOTP.generate({
		secret: Secret.fromBase32(secret),
		timestamp: at.getTime() + steps * 30_000
	});
}

/**
 * The code before the present one, by the clock of this machine: the present one and the next stay unused. It
 * is taken until the present one's time is over, so it is not given in the last seconds of that.
 */
export async function codeBefore(secret: string): Promise<string> {
	const left = 30_000 - (Date.now() % 30_000);
	if (left < 10_000) await wait(left);
	return codeOf(secret, new Date(), -1);
}

/** What was wrong with the input; nothing where it was taken. */
export function issuesOf(work: Promise<unknown>): Promise<readonly Issue[]> {
	return work.then(
		() => [],
		(failure: Invalid) => failure.issues
	);
}

/** The session of a token, if there is one. */
export function readToken(token: string) {
	return withSystem('test', (scope) => readSession(scope, { token }));
}

/** The password of everybody who is made here. */
export const password = 'maize flour, forty bags';

export interface Newcomer extends StartedSession {
	email: string;
}

export interface Guarded extends Newcomer {
	secret: string;
	recoveryCodes: string[];
}

let made = 0;

/** Somebody new, signed in with the password alone. */
export async function createNewcomer(): Promise<Newcomer> {
	made += 1;
	const email = `person${made}@mavuno.example`;
	await withSystem('test', (scope) =>
		createPerson(scope, { email, name: 'Halima Yusuf', password })
	);
	return { email, ...(await signInAgain(email)) };
}

/** The same person in another browser. */
export function signInAgain(email: string): Promise<StartedSession> {
	return sessionFrom(signIn({ email, password, address: newAddress() }, async () => null));
}

let addresses = 0;

/** Tries are counted by address too. */
export function newAddress(): string {
	addresses += 1;
	return `10.4.${Math.floor(addresses / 250)}.${addresses % 250}`;
}

/** Somebody who has just set up their second factor, as the pages do; the code of this moment is used up. */
export async function createGuarded(at: Date): Promise<Guarded> {
	const person = await createNewcomer();
	return { ...person, ...(await setUpFactor(person, at)) };
}

export async function setUpFactor(
	own: { personId: string; sessionId: string },
	at: Date
): Promise<{ secret: string; recoveryCodes: string[]; token: string }> {
	await offerSecondFactor(own, { password });
	const secret = (await readOffer(own))?.secret ?? '';
	const { recoveryCodes, token } = await setUpSecondFactor(own, { code: codeOf(secret, at) });
	return { secret, recoveryCodes, token };
}
