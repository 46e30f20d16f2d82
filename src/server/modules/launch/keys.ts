import { createHash, createPrivateKey, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';

const purpose = 'openid signing key';
const generate = promisify(generateKeyPair);

/** A private RSA key as JWK; `kid` is its thumbprint (RFC 7638). */
export type SigningKey = JsonWebKey & { kty: 'RSA'; kid: string; alg: 'RS256'; use: 'sig' };

/**
 * Every key that tokens in use may be signed with, the one that signs now first. The first call of an
 * installation makes the first key; of two processes at once, one makes it and the other reads it.
 */
export async function listSigningKeys(scope: Scope<System>): Promise<SigningKey[]> {
	const known = await readKeys(scope);
	if (known.length > 0) return known;
	await sql`select pg_advisory_xact_lock(hashtext('launch.signing_keys'))`.execute(scope.db);
	const made = await readKeys(scope);
	if (made.length > 0) return made;
	return [await addSigningKey(scope)];
}

async function readKeys({ db }: Scope<System>): Promise<SigningKey[]> {
	const rows = await db
		.selectFrom('launch.signing_keys')
		.select('sealed')
		.orderBy('retired_at', (order) => order.desc().nullsFirst())
		.orderBy('created_at', 'desc')
		.execute();
	return rows.map(
		({ sealed }) => JSON.parse(runtime().secrets.open(purpose, sealed)) as SigningKey
	);
}

/** Makes a key, which signs from the next start of a provider on. */
export async function addSigningKey({ db, now }: Scope<System>): Promise<SigningKey> {
	// RS256 is what every client must understand (OpenID Connect Core 1.0, 15.1).
	const { privateKey } = await generate('rsa', { modulusLength: 2048 });
	const jwk = privateKey.export({ format: 'jwk' });
	const kid = createHash('sha256')
		.update(JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n }))
		.digest('base64url');
	const key: SigningKey = { ...jwk, kty: 'RSA', kid, alg: 'RS256', use: 'sig' };
	await db
		.insertInto('launch.signing_keys')
		.values({
			kid,
			sealed: runtime().secrets.seal(purpose, JSON.stringify(key)),
			created_at: now,
			signs_from: now
		})
		.execute();
	return key;
}

export function privateKeyOf(key: SigningKey) {
	return createPrivateKey({ key, format: 'jwk' });
}
