import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSubscription, changeSubscriptionStatus } from '#server/modules/billing/index.ts';
import {
	createApiKey,
	declareProduct,
	revokeApiKey,
	saveProduct
} from '#server/modules/catalogue/index.ts';
import {
	askExport,
	cancelExport,
	grantAccess,
	listExports,
	saveLanding
} from '#server/modules/launch/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../tests/setup/businesses.ts';
import { createProducts } from '../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let erp: { id: string; token: string };
let sacco: { id: string; token: string };
const api = createApi();

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await createProducts();
	await withSystem('test', async (scope) => {
		await saveProduct(scope, { slug: 'erp', suspendedMode: 'closed', closingNoticeDays: 3 });
		await declareProduct(scope, {
			product: 'erp',
			roles: [{ slug: 'manager', name: 'Manager' }],
			places: [{ path: '/stock', label: 'Stock' }],
			exports: [{ slug: 'everything', name: 'Everything' }]
		});
		await startSubscription(scope, {
			businessId: mavuno.businessId,
			product: 'erp',
			plan: 'business',
			startedOn: '2026-01-01'
		});
		await startSubscription(scope, {
			businessId: pwani.businessId,
			product: 'sacco',
			plan: 'growth',
			startedOn: '2026-01-01'
		});
		for (const { businessId, personId } of [mavuno, pwani])
			await grantAccess(scope, { businessId, personId, product: 'erp', role: 'manager' });
		erp = await createApiKey(scope, { product: 'erp' });
		sacco = await createApiKey(scope, { product: 'sacco' });
	});
	await withBusiness(mavuno, (scope) =>
		saveLanding(scope, { product: 'erp', landing: '/stock', always: true })
	);
});
afterAll(() => runtime.stop());

interface Answer {
	status: number;
	type: string | null;
	body: Record<string, unknown>;
}

async function call(path: string, key: { token: string }, init: RequestInit = {}): Promise<Answer> {
	const response = await api.request(`/api/v1${path}`, {
		...init,
		headers: { authorization: `Bearer ${key.token}`, 'content-type': 'application/json' }
	});
	return {
		status: response.status,
		type: response.headers.get('content-type'),
		body: (await response.json()) as Answer['body']
	};
}

describe('GET /api/v1/entitlements', () => {
	const read = (businessId: string, key = erp) => call(`/entitlements?business=${businessId}`, key);

	it('tells how a business stands with the key’s product', async () => {
		expect(await read(mavuno.businessId)).toEqual({
			status: 200,
			type: 'application/json',
			body: {
				business: {
					id: mavuno.businessId,
					name: 'Mavuno Traders Ltd',
					time_zone: 'Africa/Nairobi'
				},
				subscription: { status: 'active', plan: 'business', seats: 20, trial_ends_on: null },
				mode: 'full',
				closes_at: null,
				settings: {
					landing: { to: 'place', path: '/stock', label: 'Stock', always: true },
					contact: null
				},
				people: [
					{
						id: mavuno.personId,
						name: 'Wanjiku Kamau',
						email: 'wanjiku@mavuno.example',
						role: 'manager'
					}
				]
			}
		});
	});

	it('knows nothing of a business that has not the product', async () => {
		for (const [businessId, key] of [
			[pwani.businessId, erp],
			[mavuno.businessId, sacco],
			['biz_00000000000000000000000000', erp]
		] as const)
			expect(await read(businessId, key)).toMatchObject({
				status: 404,
				type: 'application/problem+json',
				body: { code: 'not_found' }
			});
	});

	it.each(['', '?business=', '?business=biz_1', '?business=prd_00000000000000000000000000'])(
		'refuses the query “%s”, naming the field',
		async (query) => {
			expect(await call(`/entitlements${query}`, erp)).toMatchObject({
				status: 400,
				body: { code: 'invalid', errors: [{ path: 'business' }] }
			});
		}
	);

	it('tells when a suspended product closes, and nothing after the end', async () => {
		const change = (status: 'suspended' | 'ended') =>
			withSystem('test', (scope) =>
				changeSubscriptionStatus(scope, {
					businessId: mavuno.businessId,
					product: 'erp',
					status,
					on: '2026-11-25'
				})
			);
		await change('suspended');
		expect((await read(mavuno.businessId)).body).toMatchObject({
			subscription: { status: 'suspended' },
			mode: 'read_only',
			closes_at: '2026-11-28T09:00:00.000Z'
		});
		await change('ended');
		expect(await read(mavuno.businessId)).toMatchObject({ status: 404 });
		await withSystem('test', (scope) =>
			startSubscription(scope, {
				businessId: mavuno.businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-11-25'
			})
		);
		expect((await read(mavuno.businessId)).body).toMatchObject({ mode: 'full' });
	});

	it('is read, and not written', async () => {
		expect(await call('/entitlements', erp, { method: 'DELETE' })).toMatchObject({ status: 405 });
	});
});

describe('POST /api/v1/exports/{id}', () => {
	const ask = async () =>
		(
			await withBusiness(mavuno, (scope) =>
				askExport(scope, { product: 'erp', kind: 'everything' })
			)
		).id;
	const report = (id: string, body: object, key = erp) =>
		call(`/exports/${id}`, key, { method: 'POST', body: JSON.stringify(body) });
	const ready = {
		status: 'ready',
		path: '/exports/7',
		bytes: 12,
		message: '3 files',
		expires_at: '2026-12-02T12:00:00+03:00'
	};

	it('keeps how an export of the key’s product stands', async () => {
		const id = await ask();
		expect(await report(id, { status: 'preparing' })).toMatchObject({
			status: 200,
			body: { id, status: 'preparing' }
		});
		expect(await report(id, ready)).toMatchObject({ status: 200, body: { status: 'ready' } });
		expect(
			await withBusiness(mavuno, (scope) => listExports(scope, { product: 'erp' }))
		).toMatchObject([
			{
				status: 'ready',
				path: '/exports/7',
				bytes: 12n,
				message: '3 files',
				expiresAt: new Date('2026-12-02T09:00:00Z')
			}
		]);
		expect(await report(id, { status: 'preparing' })).toMatchObject({
			status: 409,
			body: { code: 'export_settled' }
		});
	});

	it('knows no export of another product, and none that there is not', async () => {
		const id = await ask();
		for (const [name, key] of [
			[id, sacco],
			['exp_00000000000000000000000000', erp],
			['exp_1', erp]
		] as const)
			expect(await report(name, ready, key)).toMatchObject({
				status: 404,
				body: { code: 'not_found' }
			});
		await withBusiness(mavuno, (scope) => cancelExport(scope, { id }));
		expect(await report(id, ready)).toMatchObject({
			status: 409,
			body: { code: 'export_cancelled' }
		});
	});

	it.each([
		['another status', { status: 'asked' }, 'status'],
		['a file without its place', { status: 'ready' }, 'path'],
		['a place elsewhere', { ...ready, path: 'https://evil.example' }, 'path'],
		['half a byte', { ...ready, bytes: 0.5 }, 'bytes'],
		['a time that is none', { ...ready, expires_at: 'soon' }, 'expires_at'],
		['something else besides', { ...ready, secret: 'x' }, 'secret']
	])('refuses %s, naming the field', async (_what, body, field) => {
		const id = await ask();
		const answer = await report(id, body);
		expect(answer).toMatchObject({
			status: 400,
			body: { code: 'invalid', errors: [{ path: field }] }
		});
		await withBusiness(mavuno, (scope) => cancelExport(scope, { id }));
	});

	it('is for keys that count, and for this method alone', async () => {
		const id = await ask();
		expect(await call(`/exports/${id}`, erp)).toMatchObject({
			status: 405,
			body: { code: 'method_not_allowed' }
		});
		await withSystem('test', (scope) => revokeApiKey(scope, { id: erp.id }));
		expect(await report(id, ready)).toMatchObject({ status: 401, body: { code: 'revoked_key' } });
		expect(await call(`/entitlements?business=${mavuno.businessId}`, erp)).toMatchObject({
			status: 401,
			body: { code: 'revoked_key' }
		});
	});
});
