import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	createApiKey,
	createIntegratorKey,
	keyScopes,
	listIntegratorKeys,
	revokeIntegratorKey
} from '#server/modules/catalogue/index.ts';
import { withStaff, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden } from '#server/platform/errors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../tests/setup/businesses.ts';
import { createProducts } from '../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';
import type { Env } from './env.ts';
import { asIntegrator, change, integrator } from './integrators.ts';
import { operations } from './noun.ts';
import { toProblem } from './problem.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let key: { id: string; token: string };
const api = createApi();

const make = (name: string, scopes: Parameters<typeof createIntegratorKey>[1]['scopes']) =>
	withSystem('test', (scope) => createIntegratorKey(scope, { name, scopes }));

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno } = await createTwoBusinesses());
	await createProducts();
	key = await make('Bookkeeping', ['catalogue:read', 'invoices:write']);
});
afterAll(() => runtime.stop());

async function get(token: string | null, path = '/api/v1/catalogue') {
	const response = await api.request(path, {
		headers: token === null ? {} : { authorization: `Bearer ${token}` }
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a key of an integrator', () => {
	it('opens what it was made for', async () => {
		const { status, body } = await get(key.token);
		expect(status).toBe(200);
		expect(body).toMatchObject({
			products: [
				{
					slug: 'erp',
					plans: [
						{
							slug: 'business',
							current: 1,
							versions: [{ interval: 'month', prices: [{ price: { amount: '18500' } }] }]
						}
					]
				},
				{ slug: 'sacco' },
				{ slug: 'payroll' }
			]
		});
	});

	it('that was made for all else is refused by each operation, whether it reads or writes', async () => {
		const { paths } = (await (await api.request('/api/v1/openapi.json')).json()) as {
			paths: Record<string, Record<string, { operationId: string }>>;
		};
		const own = Object.entries(paths).flatMap(([path, methods]) =>
			Object.entries(methods).flatMap(([method, { operationId }]) => {
				const scope = operations.get(operationId)?.scope;
				return scope ? [{ path, method: method.toUpperCase(), scope }] : [];
			})
		);
		expect(new Set(own.map(({ scope }) => scope))).toEqual(new Set(keyScopes));
		for (const { path, method, scope } of own) {
			const { token } = await make(
				`${method} ${path}`,
				keyScopes.filter((one) => one !== scope)
			);
			const response = await api.request(path.replaceAll(/\{\w+\}/g, 'any'), {
				method,
				headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
				...(method === 'GET' ? {} : { body: '{}' })
			});
			expect(
				[response.status, ((await response.json()) as { code: string }).code],
				`${method} ${path}`
			).toEqual([403, 'key_not_for_this']);
		}
	});

	it('opens nothing else, and neither does another’s', async () => {
		const product = await withSystem('test', (scope) => createApiKey(scope, { product: 'erp' }));
		const other = await make('Support desk', ['invoices:read']);
		const revoked = await make('Old', ['catalogue:read']);
		await withSystem('test', (scope) => revokeIntegratorKey(scope, { id: revoked.id }));
		expect(await get(other.token)).toMatchObject({
			status: 403,
			body: { code: 'key_not_for_this' }
		});
		expect(await get(product.token)).toMatchObject({ status: 401, body: { code: 'unknown_key' } });
		expect(await get(revoked.token)).toMatchObject({ status: 401, body: { code: 'revoked_key' } });
		expect(await get(null)).toMatchObject({ status: 401, body: { code: 'missing_key' } });
		const { status } = await api.request('/api/v1/product', {
			method: 'PUT',
			headers: { authorization: `Bearer ${key.token}`, 'content-type': 'application/json' },
			body: '{"roles":[],"places":[],"exports":[]}'
		});
		expect(status).toBe(401);
	});

	it('is kept as a hash, has a name of its own, and staff make none', async () => {
		const listed = await withSystem('test', (scope) => listIntegratorKeys(scope, {}));
		expect(listed.find(({ id }) => id === key.id)).toEqual({
			id: key.id,
			name: 'Bookkeeping',
			scopes: ['catalogue:read', 'invoices:write'],
			hint: key.token.slice(0, 8),
			createdAt: expect.any(Date) as Date,
			revokedAt: null
		});
		await expect(make('Bookkeeping', ['catalogue:read'])).rejects.toBeInstanceOf(Conflict);
		await expect(
			withStaff({ kind: 'staff', personId: mavuno.personId, name: 'Test' }, 'trying', (scope) =>
				createIntegratorKey(scope, { name: 'Mine', scopes: ['payments:write'] })
			)
		).rejects.toBeInstanceOf(Forbidden);
	});
});

describe('a change with an idempotency key', () => {
	let done = 0;
	let hold: Promise<void> = Promise.resolve();
	const app = new Hono<Env>()
		.post('/things', integrator('invoices:write'), (c) =>
			change(c, async (_, body) => {
				await hold;
				if ((body as { wrong?: boolean }).wrong) throw new Conflict('wrong', 'This is wrong.');
				return { status: 201, value: { done: ++done, body } };
			})
		)
		.get('/names', integrator('invoices:write'), async (c) =>
			c.json(await asIntegrator(c, c.req.query('business'), async ({ actor }) => actor.name))
		);
	app.onError((failure, c) => toProblem(failure, c));

	const post = async (body: object | string, idempotencyKey?: string) => {
		const response = await app.request('/things', {
			method: 'POST',
			headers: {
				authorization: `Bearer ${key.token}`,
				'content-type': 'application/json',
				...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey })
			},
			body: typeof body === 'string' ? body : JSON.stringify(body)
		});
		return {
			status: response.status,
			replayed: response.headers.get('idempotency-replayed'),
			body: (await response.json()) as { done?: number; code?: string }
		};
	};

	it('is carried out once, and answered alike', async () => {
		const first = await post({ a: 1 }, '"one"');
		expect(first).toMatchObject({ status: 201, replayed: null, body: { done: 1 } });
		expect(await post({ a: 1 }, 'one')).toEqual({ ...first, replayed: 'true' });
		expect(done).toBe(1);
		expect((await post({ a: 1 })).body).toMatchObject({ done: 2 });
	});

	it('refuses another request with the same key, and the same while it is under way', async () => {
		expect(await post({ a: 2 }, 'one')).toMatchObject({
			status: 422,
			body: { code: 'idempotency_key_reused' }
		});
		let letGo = (): void => undefined;
		hold = new Promise((resolve) => (letGo = resolve));
		const slow = post({ a: 3 }, 'three');
		await expect
			.poll(async () => (await post({ a: 3 }, 'three')).body.code, { timeout: 5_000 })
			.toBe('idempotency_key_in_use')
			.finally(letGo);
		expect((await slow).status).toBe(201);
		hold = Promise.resolve();
	});

	it('keeps nothing of what failed, and is another for another key', async () => {
		const before = done;
		expect((await post({ wrong: true }, 'four')).body.code).toBe('wrong');
		expect((await post({ a: 4 }, 'four')).body.done).toBe(before + 1);
		expect((await post({ a: 4 }, 'x'.repeat(201))).body.code).toBe('invalid_header');
	});

	it('is refused with words that nobody can keep, however deep they are', async () => {
		const before = done;
		for (const body of [
			{ a: 'x\0' },
			{ a: [{ b: '\ud800' }] },
			{ 'a\0': 1 },
			`{"a":${'['.repeat(50_000)}"\\u0000"${']'.repeat(50_000)}}`
		])
			expect(await post(body)).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
		expect(done).toBe(before);
		expect((await post({ a: 'Wanjikũ 😀' })).status).toBe(201);
	});

	it('names the business that is meant, and one that there is', async () => {
		const names = async (business: string) =>
			(
				await app.request(`/names?business=${business}`, {
					headers: { authorization: `Bearer ${key.token}` }
				})
			).status;
		expect(await names(mavuno.businessId)).toBe(200);
		expect(await names('biz_06ebk3w5q8x1y2z3a4b5c6d7e8')).toBe(404);
		expect(await names('mavuno')).toBe(404);
	});
});
