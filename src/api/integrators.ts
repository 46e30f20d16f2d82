import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import {
	readIntegratorKey,
	type IntegratorKey,
	type KeyScope
} from '#server/modules/catalogue/index.ts';
import { readBusiness } from '#server/modules/businesses/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Expected, Invalid, NotFound, TooMany, Unauthorized } from '#server/platform/errors.ts';
import { isId } from '#server/platform/ids.ts';
import { answerOnce } from '#server/platform/kept-answers.ts';
import { limit } from '#server/platform/limits.ts';
import type { Integrator, Scope, System } from '#server/platform/scope.ts';
import { fault, isKeepable, isUtf8, parseJson, readBody, readContentType } from './body.ts';
import type { Env } from './env.ts';
import { standing } from './reading-limit.ts';
import { reply } from './reply.ts';

const requests = 600;
const seconds = 60;
const perKey = limit('api-integrators', requests, seconds);

/**
 * Finds out which system of the vendor's speaks, by the key in `Authorization: Bearer`, and whether the key was made
 * for this. Read anew with each request: a key that was revoked is refused at once.
 */
export function integrator(scope: KeyScope) {
	return createMiddleware<Env>(async (c, next) => {
		const [, token] =
			/^Bearer +([\w.~+/=-]{1,200})$/i.exec(c.req.header('Authorization') ?? '') ?? [];
		if (!token)
			throw new Unauthorized('missing_key', 'Send your key: "Authorization: Bearer evi_…".');
		const key = await withSystem('api.authenticate', (door) => readIntegratorKey(door, { token }), {
			unseen: true
		});
		if (!key) throw new Unauthorized('unknown_key', 'No key of an integrator reads like this one.');
		if (key.revokedAt)
			throw new Unauthorized('revoked_key', 'This key was revoked. Use another one.');
		await takeRequest(c, key);
		if (!key.scopes.includes(scope))
			throw fault('key_not_for_this', 403, `This key was not made for ${scope}.`);
		c.set('integrator', key);
		await next();
	});
}

async function takeRequest(c: Context<Env>, { id }: IntegratorKey): Promise<void> {
	const policy = { requests, seconds };
	try {
		const { left, seconds: until } = await perKey.take(id);
		c.set('headers', standing(left, until, policy));
	} catch (failure) {
		if (failure instanceof TooMany) c.set('headers', standing(0, failure.retryAfter, policy));
		throw failure;
	}
}

/** Looks at one business, through the door that is confined to it. @throws NotFound for one that there is not */
export async function asIntegrator<R>(
	c: Context<Env>,
	businessId: string | undefined,
	work: (scope: Scope<Integrator>) => Promise<R>
): Promise<R> {
	if (businessId === undefined)
		throw new Invalid([{ path: 'business', message: 'Say of which business, by its id.' }]);
	if (!isId('biz', businessId)) throw new NotFound('This business');
	const { id, name } = c.get('integrator');
	return withBusiness(
		{ kind: 'integrator', businessId, keyId: id, name },
		async (scope) => {
			await readBusiness(scope, {});
			return work(scope);
		},
		{ unseen: true }
	);
}

/** Looks at what is the same for every business, or at all of them. */
export function asVendor<R>(
	c: Context<Env>,
	work: (scope: Scope<System>) => Promise<R>
): Promise<R> {
	return withSystem(c.get('integrator').name, work, { unseen: true });
}

/**
 * Changes something, in one transaction, in the name of the key; with an `Idempotency-Key` once, however often it
 * is asked. The work is given the body and gives what is answered.
 */
export async function change(
	c: Context<Env>,
	work: (scope: Scope<System>, body: unknown) => Promise<{ status?: number; value: unknown }>
): Promise<Response> {
	const { id, name } = c.get('integrator');
	const bytes = await readOptionalJson(c);
	const body = bytes.length === 0 ? {} : parseJson(bytes);
	if (Array.isArray(body))
		throw new Invalid([{ path: '', message: 'Send one object, not a list.' }]);
	if (!isKeepable(body))
		throw fault('invalid_json', 400, 'There is a character in the body that is no text.');
	const key = idempotencyKey(c);
	const act = (scope: Scope<System>) => async () => {
		const { status = 200, value } = await work(scope, body);
		return { status, text: JSON.stringify(value) };
	};
	const answered = await withSystem(name, (scope) =>
		key === null
			? act(scope)()
			: answerOnce(
					scope,
					{
						asker: id,
						key,
						requestHash: createHash('sha256')
							.update(`${c.req.method} ${new URL(c.req.url).pathname}\n`)
							.update(bytes)
							.digest()
					},
					act(scope)
				)
	);
	return reply(
		c,
		JSON.parse(answered.text),
		answered.status,
		'kept' in answered && answered.kept ? { 'Idempotency-Replayed': 'true' } : {}
	);
}

/** What an act needs to know is often nothing but its address; then there is no body. */
async function readOptionalJson(c: Context<Env>): Promise<Buffer> {
	const type = c.req.header('Content-Type');
	if (type === undefined) {
		const bytes = await readBody(c);
		if (bytes.length === 0) return bytes;
		throw fault('unsupported_media_type', 415, 'Send application/json in UTF-8.');
	}
	const contentType = readContentType(type);
	if (contentType?.type !== 'application/json' || !isUtf8(contentType))
		throw fault('unsupported_media_type', 415, 'Send application/json in UTF-8.');
	return readBody(c);
}

/** As the IETF's draft has it, a string in quotes; without them it is taken too. */
function idempotencyKey(c: Context<Env>): string | null {
	const header = c.req.header('Idempotency-Key');
	if (header === undefined) return null;
	const key = header.replace(/^"(.*)"$/, '$1');
	if (!/^[\x21-\x7e]{1,200}$/.test(key) || key.includes('"'))
		throw new Expected(
			400,
			'invalid_header',
			'An idempotency key has 1 to 200 characters of ASCII, without spaces.'
		);
	return key;
}
