import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	createIntegratorKey,
	type KeyScope,
	savePlanVersion
} from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../tests/setup/businesses.ts';
import { createProducts } from '../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../tests/setup/runtime.ts';
import { createApi } from './app.ts';

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];
let writing: string;
let reading: string;
const api = createApi();

const makeKey = async (name: string, scopes: KeyScope[]) =>
	(await withSystem('test', (scope) => createIntegratorKey(scope, { name, scopes }))).token;

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-16T09:00:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	await createProducts();
	await withSystem('test', (scope) =>
		savePlanVersion(scope, {
			product: 'erp',
			plan: 'large',
			name: 'Large',
			meters: [],
			prices: [
				{ slug: 'base', kind: 'flat', label: 'Large', price: { model: 'flat', amount: '30000' } }
			]
		})
	);
	writing = await makeKey('Shop', ['subscriptions:read', 'subscriptions:write']);
	reading = await makeKey('Reports', ['subscriptions:read']);
});
afterAll(() => runtime.stop());

async function ask(
	method: string,
	path: string,
	body?: unknown,
	{ token = writing, key }: { token?: string; key?: string } = {}
) {
	const response = await api.request(`/api/v1${path}`, {
		method,
		headers: {
			authorization: `Bearer ${token}`,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			...(key === undefined ? {} : { 'idempotency-key': key })
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) })
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const trial = { product: 'erp', plan: 'business', trial_ends_on: '2026-12-16' };

describe('subscriptions over the API', () => {
	it('are started once, listed for their business alone, and read', async () => {
		const start = { business: mavuno.businessId, ...trial };
		const first = await ask('POST', '/subscriptions', start, { key: 'start-1' });
		expect(first).toMatchObject({
			status: 201,
			body: { status: 'trial', plan: 'business', next_plan: 'business', version: 1 }
		});
		expect(await ask('POST', '/subscriptions', start, { key: 'start-1' })).toEqual(first);
		expect(await ask('POST', '/subscriptions', start)).toMatchObject({
			status: 409,
			body: { code: 'subscribed_already' }
		});
		const listed = async (business: string) =>
			(await ask('GET', `/subscriptions?business=${business}`, undefined, { token: reading })).body[
				'subscriptions'
			];
		expect(await listed(mavuno.businessId)).toEqual([first.body]);
		expect(await listed(pwani.businessId)).toEqual([]);
		const id = String(first.body['id']);
		expect((await ask('GET', `/subscriptions/${id}?business=${mavuno.businessId}`)).body).toEqual(
			first.body
		);
		expect((await ask('GET', `/subscriptions/${id}?business=${pwani.businessId}`)).status).toBe(
			404
		);
	});

	it('are changed as a preview said, cancelled and kept, by keys that were made for it', async () => {
		const started = await ask('POST', '/subscriptions', { business: pwani.businessId, ...trial });
		const path = `/subscriptions/${String(started.body['id'])}`;
		const wish = { plan: 'large' };
		const { body: preview } = await ask('POST', `${path}/previews`, wish, { token: reading });
		expect(preview).toMatchObject({
			effect: 'period_end',
			on: '2026-12-16',
			due: '0.00',
			next: { on: '2026-12-16', total: '34800.00' }
		});
		const change = { ...wish, version: preview['version'], at: preview['at'] };
		expect((await ask('POST', `${path}/changes`, change, { token: reading })).status).toBe(403);
		expect(await ask('POST', `${path}/changes`, change)).toMatchObject({ status: 200 });
		expect(await ask('POST', `${path}/changes`, change)).toMatchObject({
			status: 409,
			body: { code: 'subscription_changed' }
		});
		expect((await ask('POST', `${path}/cancellation`, {})).status).toBe(400);
		expect(await ask('POST', `${path}/cancellation`, { reason: 'Too dear' })).toMatchObject({
			body: { cancels_on: '2026-12-16', cancel_reason: 'Too dear', next_plan: null }
		});
		expect(await ask('POST', `${path}/continuation`, {})).toMatchObject({
			body: { cancels_on: null }
		});
		expect(await ask('POST', `${path}/pause`, {})).toMatchObject({
			status: 409,
			body: { code: 'on_trial' }
		});
	});
});
