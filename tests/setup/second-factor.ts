import { Secret, TOTP } from 'otpauth';
import {
	createPerson,
	offerSecondFactor,
	readOffer,
	setUpSecondFactor,
	signIn,
	type StartedSession
} from '#server/modules/identity/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { sessionFrom } from './sign-in.ts';

/** The code that an authenticator app shows, at a moment or some steps of 30 seconds after it. */
export function codeOf(secret: string, at: Date, steps = 0): string {
	return TOTP.generate({
		secret: Secret.fromBase32(secret),
		timestamp: at.getTime() + steps * 30_000
	});
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
