import { Secret, TOTP } from 'otpauth';
import { runtime } from '../../platform/runtime.ts';

/*
 * The codes of authenticator apps (RFC 6238). These are the values that every app takes; some take no
 * others and do not say so.
 */
const rules = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** A phone's clock may be this many steps of 30 seconds ahead or behind. */
const drift = 1;

const issuer = 'Evolve Business';

/** A new secret in base 32: 160 bits, as RFC 4226 (4, R6) wants. */
export function newSecret(): string {
	return new Secret({ size: 20 }).base32;
}

/** What the QR code says: the address from which an app takes the secret. */
export function uriOf(secret: string, email: string): string {
	return new TOTP({ ...rules, issuer, label: email, secret: Secret.fromBase32(secret) }).toString();
}

/** The time step whose code this is, if it is the one of now or a neighbour of it; null for any other. */
export function stepOf({
	secret,
	code,
	now
}: {
	secret: string;
	code: string;
	now: Date;
}): bigint | null {
	const at = { period: rules.period, timestamp: now.getTime() };
	const off = TOTP.validate({
		...rules,
		...at,
		secret: Secret.fromBase32(secret),
		token: code,
		window: drift
	});
	return off === null ? null : BigInt(TOTP.counter(at) + off);
}

// The person is part of the purpose: a secret moved to another person's row opens nothing.
const purposeFor = (personId: string) => `second factor of ${personId}`;

export function sealSecret(personId: string, secret: string): Buffer {
	return runtime().secrets.seal(purposeFor(personId), secret);
}

export function openSecret(personId: string, sealed: Buffer): string {
	return runtime().secrets.open(purposeFor(personId), sealed);
}
