import { sql } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { newToken, tokenHash } from '../../platform/secrets.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from './products.ts';

/** Recognisable in a leak: scanners and people see what it is. */
const keyPrefix = 'evk_';

/** Makes a key. `token` is told this once; only its hash is stored. */
export const createApiKey = usecase(
	'api-key.create',
	v.object({ product: v.string() }),
	async (scope, input) => {
		const product = await readProduct(scope, { slug: input.product });
		const token = keyPrefix + newToken();
		const id = newId('key', scope.now);
		await scope.db
			.insertInto('catalogue.api_keys')
			.values({
				id,
				product_id: product.id,
				token_hash: tokenHash(token),
				hint: token.slice(0, 8),
				created_at: scope.now
			})
			.execute();
		return { id, token };
	}
);

/** @throws NotFound for a key that does not exist or was revoked before. */
export const revokeApiKey = usecase(
	'api-key.revoke',
	v.object({ id: v.string() }),
	async ({ db, now }, { id }) => {
		const { numUpdatedRows } = await db
			.updateTable('catalogue.api_keys')
			.set({ revoked_at: now })
			.where('id', '=', id)
			.where('revoked_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw new NotFound('This key');
	}
);

/** A key as it can be told from others; nothing shows its token again. */
export interface ListedKey {
	id: string;
	/** The first characters of the token. */
	hint: string;
	createdAt: Date;
	revokedAt: Date | null;
}

/** The keys of a product, those in use first, the newest at the top. */
export const listApiKeys = usecase(
	'api-key.read',
	v.object({ product: v.string() }),
	async (scope, { product }): Promise<ListedKey[]> => {
		const { id } = await readProduct(scope, { slug: product });
		return scope.db
			.selectFrom('catalogue.api_keys')
			.select(['id', 'hint', 'created_at as createdAt', 'revoked_at as revokedAt'])
			.where('product_id', '=', id)
			.orderBy((query) => query('revoked_at', 'is not', null))
			.orderBy('id', 'desc')
			.execute();
	}
);

export interface ApiKey {
	id: string;
	productId: string;
	slug: string;
	revoked: boolean;
}

/** The key of a token, revoked ones included, or null. Part of authentication: it asks no permission. */
export async function readApiKey(
	{ db }: Scope<System>,
	{ token }: { token: string }
): Promise<ApiKey | null> {
	const row = await db
		.selectFrom('catalogue.api_keys as k')
		.innerJoin('catalogue.products as p', 'p.id', 'k.product_id')
		.select(['k.id', 'k.product_id', 'p.slug', 'k.revoked_at'])
		.where('k.token_hash', '=', tokenHash(token))
		.executeTakeFirst();
	return row
		? { id: row.id, productId: row.product_id, slug: row.slug, revoked: row.revoked_at !== null }
		: null;
}

/** Which of these keys are still not revoked, read in the caller's transaction. */
export async function listLiveKeys(
	{ db }: Scope<System>,
	{ ids }: { ids: string[] }
): Promise<string[]> {
	if (ids.length === 0) return [];
	const rows = await db
		.selectFrom('catalogue.api_keys')
		.select('id')
		.where('id', 'in', ids)
		.where('revoked_at', 'is', null)
		.execute();
	return rows.map((row) => row.id);
}

/** Lets the caller's transaction fail when one of these keys does not exist or was revoked. */
export async function requireLiveKeys({ db }: Scope<System>, ids: string[]): Promise<void> {
	// The inner select keeps the plan: knowing how many there are, PostgreSQL would plan anew each time.
	await sql`select platform.require(count(*) = ${ids.length}::int, 'keys are live')
		from catalogue.api_keys
		where id = any((select ${ids}::text[])::text[]) and revoked_at is null`.execute(db);
}

/** A key whose token the caller has made, kept once: the sample products' come from the installation's own key. */
export const keepApiKey = usecase(
	'api-key.create',
	v.object({ product: v.string(), token: v.pipe(v.string(), v.regex(/^evk_[\w-]{43}$/)) }),
	async (scope, { product: slug, token }) => {
		const product = await readProduct(scope, { slug });
		await scope.db
			.insertInto('catalogue.api_keys')
			.values({
				id: newId('key', scope.now),
				product_id: product.id,
				token_hash: tokenHash(token),
				hint: token.slice(0, 8),
				created_at: scope.now
			})
			.onConflict((conflict) => conflict.column('token_hash').doNothing())
			.execute();
	}
);
