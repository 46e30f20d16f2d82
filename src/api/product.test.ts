import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	createApiKey,
	listProductPlaces,
	listProductRoles,
	revokeApiKey
} from '#server/modules/catalogue/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../tests/setup/businesses.ts';
import { createProducts } from '../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let mavuno: Member;
let products: { erp: string; sacco: string };
let key: { id: string; token: string };
const api = createApi();

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno } = await createTwoBusinesses());
	products = await createProducts();
	key = await withSystem('test', (scope) => createApiKey(scope, { product: 'erp' }));
});
afterAll(() => runtime.stop());

async function put(body: unknown, { token = key.token, type = 'application/json' } = {}) {
	const response = await api.request('/api/v1/product', {
		method: 'PUT',
		headers: { authorization: `Bearer ${token}`, 'content-type': type },
		body: typeof body === 'string' ? body : JSON.stringify(body)
	});
	return {
		status: response.status,
		type: response.headers.get('content-type'),
		body: (await response.json()) as { code?: string; errors?: { path: string }[] }
	};
}

const clerk = { slug: 'clerk', name: 'Store clerk', description: 'Receives and counts.' };
const buyer = { slug: 'buyer', name: 'Buyer' };
const places = [{ path: '/stock', label: 'Stock' }];
const exports = [{ slug: 'everything', name: 'Everything', description: '' }];

describe('PUT /api/v1/product', () => {
	it('declares for the product of the key, and says what is declared now', async () => {
		const first = await put({ roles: [{ ...clerk, default: true }, buyer], places, exports });
		expect(first).toMatchObject({
			status: 200,
			body: {
				product: { id: products.erp, slug: 'erp', name: 'ERP System' },
				roles: [
					{ ...clerk, default: true },
					{ ...buyer, description: '', default: false }
				],
				retired: [],
				places,
				exports
			}
		});
		const second = await put({ roles: [buyer] });
		expect(second.body).toMatchObject({
			roles: [{ slug: 'buyer' }],
			retired: ['clerk'],
			places: [],
			exports: []
		});
	});

	it('reaches every business that has the product, and no other product', async () => {
		await put({ roles: [clerk], places });
		await withBusiness(mavuno, async (scope) => {
			expect(await listProductPlaces(scope, { product: 'erp' })).toEqual(places);
			expect(await listProductPlaces(scope, { product: 'sacco' })).toEqual([]);
			expect(await listProductRoles(scope, { product: 'sacco' })).toEqual([]);
		});
	});

	it.each([
		['a role without a slug', { roles: [{ name: 'Clerk' }] }, ['roles.0.slug']],
		['a role of another kind', { roles: ['clerk'] }, ['roles.0']],
		['roles that are no list', { roles: clerk }, ['roles']],
		['a field it does not know', { rights: [] }, ['rights']],
		['an unknown field of a role', { roles: [{ ...clerk, admin: true }] }, ['roles.0.admin']],
		[
			'a place at another host',
			{ places: [{ path: '//evil.example', label: 'x' }] },
			['places.0.path']
		],
		[
			'two defaults and a role twice',
			{ roles: [{ ...clerk, default: true }, buyer, { ...clerk, default: true }] },
			['roles.2.slug', 'roles.2.default']
		],
		['a list', [], ['']]
	])('refuses %s, naming the field, and declares nothing', async (_what, body, paths) => {
		const before = await put({ roles: [clerk], places });
		const answer = await put(body);
		expect(answer).toMatchObject({
			status: 400,
			type: 'application/problem+json',
			body: { code: 'invalid' }
		});
		expect(answer.body.errors?.map(({ path }) => path)).toEqual(paths);
		expect(
			await withBusiness(mavuno, (scope) => listProductPlaces(scope, { product: 'erp' }))
		).toEqual((before.body as { places?: unknown }).places);
	});

	it('takes JSON alone, from a key that counts', async () => {
		expect(await put('{', {})).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
		expect(await put({}, { type: 'text/plain' })).toMatchObject({
			status: 415,
			body: { code: 'unsupported_media_type' }
		});
		expect(await put({}, { token: 'evk_unknown' })).toMatchObject({
			status: 401,
			body: { code: 'unknown_key' }
		});
		// The key was met a moment ago, and is looked up again where something is written.
		await withSystem('test', (scope) => revokeApiKey(scope, { id: key.id }));
		expect(await put({})).toMatchObject({ status: 401, body: { code: 'revoked_key' } });
	});
});
