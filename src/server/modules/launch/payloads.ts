import type { Scope, System } from '../../platform/scope.ts';
import { tokenHash } from '../../platform/secrets.ts';

/** What the provider keeps of one thing, as plain JSON; `jti` is not among it, since it can be a bearer's secret. */
export type Payload = Record<string, unknown>;

/** Keeps, or replaces, what the provider knows under this id. */
export async function savePayload(
	{ db }: Scope<System>,
	{
		model,
		id,
		payload,
		expiresAt
	}: { model: string; id: string; payload: Payload; expiresAt: Date }
): Promise<void> {
	const kept = { ...payload };
	delete kept['jti'];
	const grantId = payload['grantId'];
	const columns = {
		payload: JSON.stringify(kept),
		// A request under way is not part of the sign-in: signing in again ends the one and goes on with the other.
		grant_id: typeof grantId === 'string' && model !== 'Interaction' ? grantId : null,
		expires_at: expiresAt
	};
	await db
		.insertInto('launch.provider_payloads')
		.values({ model, id: tokenHash(id), ...columns })
		.onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(columns))
		.execute();
}

/** What is known under this id, with `consumed` in seconds once it has been used; null for the unknown. */
export async function findPayload(
	{ db }: Scope<System>,
	{ model, id }: { model: string; id: string }
): Promise<Payload | null> {
	const row = await db
		.selectFrom('launch.provider_payloads')
		.select(['payload', 'consumed_at'])
		.where('model', '=', model)
		.where('id', '=', tokenHash(id))
		.executeTakeFirst();
	if (!row) return null;
	return {
		...(row.payload as Payload),
		jti: id,
		...(row.consumed_at ? { consumed: Math.floor(row.consumed_at.getTime() / 1000) } : {})
	};
}

/** Marks a code or token as used. False when it was used before: of two at once, one is told so. */
export async function consumePayload(
	{ db, now }: Scope<System>,
	{ model, id }: { model: string; id: string }
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('launch.provider_payloads')
		.set({ consumed_at: now })
		.where('model', '=', model)
		.where('id', '=', tokenHash(id))
		.where('consumed_at', 'is', null)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}

export async function deletePayload(
	{ db }: Scope<System>,
	{ model, id }: { model: string; id: string }
): Promise<void> {
	await db
		.deleteFrom('launch.provider_payloads')
		.where('model', '=', model)
		.where('id', '=', tokenHash(id))
		.execute();
}

/** Forgets every code and token of these sign-ins. */
export async function deletePayloadsOf({ db }: Scope<System>, signInIds: string[]): Promise<void> {
	if (signInIds.length === 0) return;
	await db.deleteFrom('launch.provider_payloads').where('grant_id', 'in', signInIds).execute();
}

export async function sweepPayloads({ db, now }: Scope<System>): Promise<void> {
	await db.deleteFrom('launch.provider_payloads').where('expires_at', '<=', now).execute();
}
