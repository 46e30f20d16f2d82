import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSubscription } from '#server/modules/billing/index.ts';
import { createApiKey, revokeApiKey } from '#server/modules/catalogue/index.ts';
import { grantAccess, readLauncher } from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../tests/setup/businesses.ts';
import { createProducts } from '../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let key: { id: string; token: string };
const api = createApi();

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await createProducts();
	await withSystem('test', async (scope) => {
		for (const { businessId } of [mavuno, pwani]) {
			await startSubscription(scope, {
				businessId,
				product: businessId === mavuno.businessId ? 'erp' : 'sacco',
				plan: businessId === mavuno.businessId ? 'business' : 'growth',
				startedOn: '2026-01-01'
			});
		}
		await grantAccess(scope, { ...mavuno, product: 'erp' });
		key = await createApiKey(scope, { product: 'erp' });
	});
});
afterAll(() => runtime.stop());

async function send(body: unknown, { token = key.token, type = 'application/json' } = {}) {
	const response = await api.request('/api/v1/places', {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': type },
		body: JSON.stringify(body)
	});
	return {
		status: response.status,
		body: (await response.json()) as { code?: string; errors?: { path: string }[] }
	};
}

const place = () => ({
	business: mavuno.businessId,
	person: 'wanjiku@mavuno.example',
	label: 'Stock › Receipts',
	path: '/stock/receipts'
});

describe('POST /api/v1/places', () => {
	it('keeps where the person is, for the next launch', async () => {
		expect(await send(place())).toEqual({ status: 200, body: { kept: true } });
		await send({ ...place(), person: mavuno.personId, label: 'Sales', path: '/sales' });
		const { places } = await withBusiness(mavuno, (scope) => readLauncher(scope, { slug: 'erp' }));
		expect(places.map(({ path }) => path).toSorted()).toEqual(['/sales', '/stock/receipts']);
	});

	it.each([
		['a path that names a host', { path: '//evil.example' }, 'path'],
		['a path with a scheme', { path: 'javascript:alert(1)' }, 'path'],
		['no label', { label: ' ' }, 'label'],
		['no business', { business: undefined }, 'business'],
		['something else besides', { secret: 'x' }, 'secret']
	])('refuses %s, naming the field', async (_what, change, field) => {
		const answer = await send({ ...place(), ...change });
		expect(answer).toMatchObject({ status: 400, body: { code: 'invalid' } });
		expect(answer.body.errors?.map(({ path }) => path)).toContain(field);
	});

	it('knows nothing of a business that has not the product, nor of its people', async () => {
		expect(await send({ ...place(), business: pwani.businessId })).toMatchObject({
			status: 422,
			body: { code: 'unknown_business' }
		});
		for (const person of ['amina@pwani.example', pwani.personId]) {
			expect(await send({ ...place(), person })).toMatchObject({
				status: 422,
				body: { code: 'unknown_person' }
			});
		}
	});

	it('is for products alone, with a key that counts', async () => {
		expect(await send(place(), { token: 'evk_unknown' })).toMatchObject({
			status: 401,
			body: { code: 'unknown_key' }
		});
		expect(await send(place(), { type: 'text/plain' })).toMatchObject({
			status: 415,
			body: { code: 'unsupported_media_type' }
		});
		await withSystem('test', (scope) => revokeApiKey(scope, { id: key.id }));
		expect(await send(place())).toMatchObject({ status: 401, body: { code: 'revoked_key' } });
	});
});
