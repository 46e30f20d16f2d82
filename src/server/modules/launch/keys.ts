import { createHash, createPrivateKey, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { defineJob } from '../../platform/jobs.ts';
import { announce, installation } from '../../platform/live.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { lifetimeDays } from '../identity/index.ts';

// Part of authentication: these ask no permission and are the system door's alone.

const purpose = 'openid signing key';
const generate = promisify(generateKeyPair);

/** How long a new key is published before it signs: clients that keep the keys have it by then. */
const announcedMinutes = 15;
/** A product may show an ID token as a hint for as long as its session of the portal can last. */
const keptDays = lifetimeDays + 1;

/** A private RSA key as JWK; `kid` is its thumbprint (RFC 7638). */
export type SigningKey = JsonWebKey & { kty: 'RSA'; kid: string; alg: 'RS256'; use: 'sig' };

export interface SigningKeys {
	/** Signs now. */
	signing: SigningKey;
	/** Published beside it: those to come, and those whose signatures may still be shown to us. */
	others: SigningKey[];
	/** When another one begins to sign; null when none is waiting. */
	changesAt: Date | null;
}

export interface KeyState {
	kid: string;
	/** `replaced`: signs no more, or never did, and is published until nothing of its can be in use. */
	state: 'waiting' | 'signing' | 'replaced';
	createdAt: Date;
	signsFrom: Date;
	retiredAt: Date | null;
	/** When it will be removed; null for one that was not replaced. */
	removedFrom: Date | null;
}

/**
 * The keys to sign and to check with. The first call of an installation makes the first key; of two
 * processes at once, one makes it and the other reads it.
 */
export async function readSigningKeys(scope: Scope<System>): Promise<SigningKeys> {
	const { now } = scope;
	let rows = await readRows(scope);
	if (rows.length === 0) {
		await lock(scope);
		rows = await readRows(scope);
	}
	if (rows.length === 0) {
		await addKey(scope, now);
		rows = await readRows(scope);
	}
	const signing = signingOf(rows, now);
	if (!signing) throw new Error('There is no key that signs.');
	const waiting = rows
		.filter((row) => row !== signing && row.signsFrom > now && !isRetired(row, row.signsFrom))
		.map(({ signsFrom }) => signsFrom.getTime());
	return {
		signing: open(signing),
		others: rows.filter((row) => row !== signing).map(open),
		changesAt: waiting.length > 0 ? new Date(Math.min(...waiting)) : null
	};
}

/** All keys that are published, the newest first. */
export async function listKeyStates(scope: Scope<System>): Promise<KeyState[]> {
	const rows = await readRows(scope);
	const signing = signingOf(rows, scope.now);
	return rows.map((row) => {
		const { kid, createdAt, signsFrom, retiredAt } = row;
		const over = retiredAt !== null && retiredAt <= scope.now;
		return {
			kid,
			state: row === signing ? 'signing' : over ? 'replaced' : 'waiting',
			createdAt,
			signsFrom,
			retiredAt,
			removedFrom: retiredAt && removalOf(retiredAt)
		};
	});
}

/**
 * Makes a key that follows the one that signs. It is published at once and begins to sign a while later,
 * or at once if so wanted; the others sign no more from then on.
 */
export async function rotateSigningKey(
	scope: Scope<System>,
	{ atOnce = false }: { atOnce?: boolean } = {}
): Promise<KeyState> {
	const { db, now } = scope;
	await lock(scope);
	// Before an installation's first key there is nobody to announce the next one to.
	const first = (await readRows(scope)).length === 0;
	const signsFrom = atOnce || first ? now : new Date(now.getTime() + announcedMinutes * 60_000);
	await db
		.updateTable('launch.signing_keys')
		.set({ retired_at: signsFrom })
		.where((where) =>
			where.or([where('retired_at', 'is', null), where('retired_at', '>', signsFrom)])
		)
		.execute();
	const kid = await addKey(scope, signsFrom);
	const made = (await listKeyStates(scope)).find((key) => key.kid === kid);
	if (!made) throw new Error('The key that was made is not there.');
	return made;
}

/**
 * Takes a key out of use at once, such as one that may have become known: what it signed is worth
 * nothing from now on.
 * @throws NotFound, Conflict `key_signs` for the one that signs: another must first.
 */
export async function withdrawSigningKey(
	scope: Scope<System>,
	{ kid }: { kid: string }
): Promise<void> {
	await lock(scope);
	const key = (await listKeyStates(scope)).find((each) => each.kid === kid);
	if (!key) throw new NotFound('This key');
	if (key.state === 'signing')
		throw new Conflict('key_signs', 'This key signs now: rotate with --now first.');
	if (key.state === 'waiting')
		throw new Conflict('key_waits', 'This key is about to sign: rotate again first.');
	await scope.db.deleteFrom('launch.signing_keys').where('kid', '=', kid).execute();
	await announce(scope, installation, 'keys');
}

defineJob({
	name: 'launch.sweep-keys',
	cron: '37 3 * * *',
	work: sweepSigningKeys
});

/** Removes keys that nothing in use can be signed with. */
export async function sweepSigningKeys(scope: Scope<System>): Promise<void> {
	const { numDeletedRows } = await scope.db
		.deleteFrom('launch.signing_keys')
		.where('retired_at', '<=', new Date(scope.now.getTime() - keptDays * 86_400_000))
		.executeTakeFirst();
	if (numDeletedRows > 0n) await announce(scope, installation, 'keys');
}

export function privateKeyOf(key: SigningKey) {
	return createPrivateKey({ key, format: 'jwk' });
}

interface Row {
	kid: string;
	sealed: Buffer;
	createdAt: Date;
	signsFrom: Date;
	retiredAt: Date | null;
}

async function readRows({ db }: Scope<System>): Promise<Row[]> {
	return db
		.selectFrom('launch.signing_keys')
		.select([
			'kid',
			'sealed',
			'created_at as createdAt',
			'signs_from as signsFrom',
			'retired_at as retiredAt'
		])
		.orderBy('created_at', 'desc')
		.orderBy('signs_from', 'desc')
		.orderBy('kid')
		.execute();
}

/**
 * A key signs from `signs_from` until `retired_at`; the one that replaces it begins at that moment. To a
 * clock that is a moment behind the one that made the first key, that key signs already.
 */
function signingOf(rows: Row[], now: Date): Row | undefined {
	return (
		rows.find((row) => row.signsFrom <= now && !isRetired(row, now)) ??
		rows.findLast((row) => !isRetired(row, now))
	);
}

const isRetired = ({ retiredAt }: Row, at: Date): boolean => retiredAt !== null && retiredAt <= at;

const removalOf = (retiredAt: Date): Date => new Date(retiredAt.getTime() + keptDays * 86_400_000);

function open({ sealed }: Row): SigningKey {
	return JSON.parse(runtime().secrets.open(purpose, sealed)) as SigningKey;
}

async function lock({ db }: Scope<System>): Promise<void> {
	await sql`select pg_advisory_xact_lock(hashtext('launch.signing_keys'))`.execute(db);
}

async function addKey(scope: Scope<System>, signsFrom: Date): Promise<string> {
	// RS256 is what every client must understand (OpenID Connect Core 1.0, 15.1).
	const { privateKey } = await generate('rsa', { modulusLength: 2048 });
	const jwk = privateKey.export({ format: 'jwk' });
	const kid = createHash('sha256')
		.update(JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n }))
		.digest('base64url');
	const key: SigningKey = { ...jwk, kty: 'RSA', kid, alg: 'RS256', use: 'sig' };
	await scope.db
		.insertInto('launch.signing_keys')
		.values({
			kid,
			sealed: runtime().secrets.seal(purpose, JSON.stringify(key)),
			created_at: scope.now,
			signs_from: signsFrom
		})
		.execute();
	await announce(scope, installation, 'keys');
	return kid;
}
