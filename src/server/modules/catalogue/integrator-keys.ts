import * as v from 'valibot';
import { Conflict, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { newToken, tokenHash } from '../../platform/secrets.ts';
import { usecase } from '../../platform/usecase.ts';

/** Recognisable in a leak, and not to be taken for a product's key. */
const keyPrefix = 'evi_';

/** What a key may be made for. Whoever may write may not therefore read. */
export const keyScopes = [
	'catalogue:read',
	'subscriptions:read',
	'subscriptions:write',
	'invoices:read',
	'invoices:write',
	'payments:read',
	'payments:write'
] as const;
export type KeyScope = (typeof keyScopes)[number];

/**
 * Makes a key for a system that works for the vendor across businesses. `token` is told this once; only its hash is
 * stored. @throws Conflict `key_name_taken`
 */
export const createIntegratorKey = usecase(
	'integrator-key.manage',
	v.object({
		/** Which system it is for; stands in the history of what it did. */
		name: v.pipe(
			v.string(),
			v.trim(),
			v.nonEmpty('Name the system that the key is for.'),
			v.maxLength(60)
		),
		scopes: v.pipe(
			v.array(v.picklist(keyScopes, `A key may be made for ${keyScopes.join(', ')}.`)),
			v.minLength(1, 'Say what the key may do.')
		)
	}),
	async ({ db, now }, { name, scopes }) => {
		const token = keyPrefix + newToken();
		const id = newId('int', now);
		try {
			await db
				.insertInto('catalogue.integrator_keys')
				.values({
					id,
					name,
					scopes: [...new Set(scopes)].sort(),
					token_hash: tokenHash(token),
					hint: token.slice(0, 8),
					created_at: now
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'integrator_keys_name_key')
				throw new Conflict('key_name_taken', `There is a key for ${name} already.`);
			throw error;
		}
		return { id, token };
	}
);

/** @throws NotFound for a key that does not exist or was revoked before. */
export const revokeIntegratorKey = usecase(
	'integrator-key.manage',
	v.object({ id: v.string() }),
	async ({ db, now }, { id }) => {
		const { numUpdatedRows } = await db
			.updateTable('catalogue.integrator_keys')
			.set({ revoked_at: now })
			.where('id', '=', id)
			.where('revoked_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw new NotFound('This key');
	}
);

export interface IntegratorKey {
	id: string;
	name: string;
	scopes: KeyScope[];
	/** The first characters of the token; nothing shows the rest again. */
	hint: string;
	createdAt: Date;
	revokedAt: Date | null;
}

const columns = [
	'id',
	'name',
	'scopes',
	'hint',
	'created_at as createdAt',
	'revoked_at as revokedAt'
] as const;

/** Every key, those in use first, the newest at the top. */
export const listIntegratorKeys = usecase(
	'api-key.read',
	v.object({}),
	async ({ db }): Promise<IntegratorKey[]> =>
		(await db
			.selectFrom('catalogue.integrator_keys')
			.select(columns)
			.orderBy((query) => query('revoked_at', 'is not', null))
			.orderBy('id', 'desc')
			.execute()) as IntegratorKey[]
);

/** The key of a token, revoked ones included, or null. Part of authentication: it asks no permission. */
export async function readIntegratorKey(
	{ db }: Scope<System>,
	{ token }: { token: string }
): Promise<IntegratorKey | null> {
	const row = await db
		.selectFrom('catalogue.integrator_keys')
		.select(columns)
		.where('token_hash', '=', tokenHash(token))
		.executeTakeFirst();
	return (row as IntegratorKey | undefined) ?? null;
}
