import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { startSubscription } from '../billing/index.ts';
import { declareProduct, saveProduct } from '../catalogue/index.ts';
import {
	grantAccess,
	launch,
	listLaunchers,
	readProductSettings,
	reportPlace,
	saveContact,
	saveLanding
} from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let otieno: Member;
let erp: string;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	({ erp } = await createProducts());
	await withSystem('test', async (scope) => {
		await saveProduct(scope, { slug: 'erp', loginUrl: 'https://erp.example/login' });
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-01-01'
			});
		await declareProduct(scope, {
			product: 'erp',
			places: [{ path: '/sales', label: 'Sales' }]
		});
		for (const member of [mavuno, otieno, pwani])
			await grantAccess(scope, {
				businessId: member.businessId,
				personId: member.personId,
				product: 'erp'
			});
		await reportPlace(scope, {
			...mavuno,
			productId: erp,
			person: mavuno.personId,
			path: '/stock',
			label: 'Stock'
		});
	});
});
afterAll(() => runtime.stop());

const read = (as: Member) =>
	withBusiness(as, (scope) => readProductSettings(scope, { product: 'erp' }));
/** So that what happened has an order. */
const tick = () => runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
const land = (landing: string, always = false, as = mavuno) => {
	tick();
	return withBusiness(as, (scope) => saveLanding(scope, { product: 'erp', landing, always }));
};
const contact = (input: { name?: string; email?: string; phone?: string }) => {
	tick();
	return withBusiness(mavuno, (scope) => saveContact(scope, { product: 'erp', ...input }));
};
const target = async (as: Member) => {
	const { url } = await withBusiness(as, (scope) => launch(scope, { slug: 'erp' }));
	return new URL(new URL(url).searchParams.get('target_link_uri') ?? '').pathname;
};
const card = async (as: Member) =>
	(await withBusiness(as, (scope) => listLaunchers(scope, {}))).get(erp)?.continueLabel;
const changes = () =>
	withSystem('test', async ({ db }) => {
		const rows = await db
			.selectFrom('platform.events')
			.select(['business_id', 'data'])
			.where('kind', '=', 'product.settings-changed')
			.orderBy('occurred_at')
			.execute();
		return rows.map(({ data }) => (data as { what: string }).what);
	});

describe('the landing of a product', () => {
	it('follows the person until something is set', async () => {
		expect(await read(mavuno)).toEqual({ landing: { to: 'last' }, always: false, contact: null });
		expect([await target(mavuno), await target(otieno)]).toEqual(['/stock', '/']);
	});

	it('set to a place is for those who were nowhere yet', async () => {
		await land('/sales');
		expect((await read(otieno)).landing).toEqual({ to: 'place', path: '/sales', label: 'Sales' });
		expect([await target(mavuno), await target(otieno)]).toEqual(['/stock', '/sales']);
		expect([await card(mavuno), await card(otieno)]).toEqual(['Stock', 'Sales']);
	});

	it('set for always is for everybody, and the launch and its card agree', async () => {
		await land('/sales', true);
		expect([await target(mavuno), await card(mavuno)]).toEqual(['/sales', 'Sales']);
		await land('start', true);
		expect(await read(mavuno)).toMatchObject({ landing: { to: 'start' }, always: true });
		expect([await target(mavuno), await card(mavuno)]).toEqual(['/', null]);
	});

	it('touches no other business', async () => {
		expect(await read(pwani)).toMatchObject({ landing: { to: 'last' } });
		expect(await target(pwani)).toBe('/');
	});

	it('is a place that the product names, set by leaders', async () => {
		for (const landing of ['/nowhere', '//evil.example', ''])
			await expect(land(landing)).rejects.toMatchObject({ issues: [{ path: 'landing' }] });
		await expect(land('start', false, otieno)).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('is told when it changes, and not when the same is said again', async () => {
		const before = (await changes()).length;
		await land('start', true);
		expect(await changes()).toHaveLength(before);
		await land('last', true);
		expect((await changes()).slice(before)).toEqual(['landing']);
		expect(await read(mavuno)).toMatchObject({ landing: { to: 'last' }, always: false });
	});
});

describe('the contact of a product', () => {
	it('is kept, changed, told, and taken away again', async () => {
		const before = (await changes()).length;
		await contact({ name: ' Otieno Ouma ', phone: '+254 712 345 678' });
		expect((await read(otieno)).contact).toEqual({
			name: 'Otieno Ouma',
			email: '',
			phone: '+254 712 345 678'
		});
		await contact({ email: 'stock@mavuno.example' });
		expect((await read(otieno)).contact).toEqual({
			name: '',
			email: 'stock@mavuno.example',
			phone: ''
		});
		await contact({});
		expect((await read(otieno)).contact).toBeNull();
		expect((await changes()).slice(before)).toEqual(['contact', 'contact', 'contact']);
		expect((await read(pwani)).contact).toBeNull();
	});

	it.each([
		['an address that is none', { email: 'stock' }, 'email'],
		['a number that is none', { phone: 'ask Otieno' }, 'phone'],
		['a name beyond 120 characters', { name: 'x'.repeat(121) }, 'name']
	])('refuses %s', async (_what, input, path) => {
		await expect(contact(input)).rejects.toMatchObject({ issues: [{ path }] });
	});
});
