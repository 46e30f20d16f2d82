import { createMiddleware } from 'hono/factory';
import { readApiKey, type ApiKey } from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Unauthorized } from '#server/platform/errors.ts';
import { runtime } from '#server/platform/runtime.ts';
import { tokenHash } from '#server/platform/secrets.ts';
import type { Database } from '#server/platform/database.ts';
import type { Env } from './env.ts';

/** How long a key is taken as it was read. What writes looks again in its transaction. */
const keptMs = 5_000;
const keptKeys = 1_000;

const kept = new WeakMap<Database, Map<string, { key: ApiKey | null; until: number }>>();

/** Finds out which product speaks, by the API key in `Authorization: Bearer`. */
export const authenticate = createMiddleware<Env>(async (c, next) => {
	const [, token] =
		/^Bearer +([\w.~+/=-]{1,200})$/i.exec(c.req.header('Authorization') ?? '') ?? [];
	if (!token)
		throw new Unauthorized('missing_key', 'Send your API key: "Authorization: Bearer evk_…".');
	const key = await findKey(token);
	if (!key) throw new Unauthorized('unknown_key', 'This API key does not exist.');
	if (key.revoked)
		throw new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
	c.set('key', key);
	await next();
});

async function findKey(token: string): Promise<ApiKey | null> {
	const { database } = runtime();
	let keys = kept.get(database);
	if (!keys) kept.set(database, (keys = new Map()));
	// By its hash, so that no token lies about in memory.
	const name = tokenHash(token).toString('base64');
	const now = performance.now();
	const met = keys.get(name);
	if (met && met.until > now) return met.key;
	const key = await withSystem('api.authenticate', (scope) => readApiKey(scope, { token }), {
		unseen: true
	});
	if (keys.size >= keptKeys) keys.clear();
	keys.set(name, { key, until: now + keptMs });
	return key;
}
