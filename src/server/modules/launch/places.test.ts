import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member, ProductKey } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { saveProduct } from '../catalogue/index.ts';
import { deviceOf } from './devices.ts';
import { grantAccess, reportPlace } from './index.ts';
import { listPlaces } from './places.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let productId: string;
let erp: ProductKey;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	productId = await withSystem('test', async (scope) => {
		const { id } = await saveProduct(scope, {
			slug: 'erp',
			name: 'ERP System',
			summary: '',
			mark: 'erp',
			position: 1
		});
		for (const member of [mavuno, pwani]) await grantAccess(scope, { ...member, product: 'erp' });
		return id;
	});
	erp = { kind: 'product', businessId: mavuno.businessId, productId, slug: 'erp' };
});
afterAll(() => runtime.stop());

const report = (path: string, options: { person?: string; label?: string; at?: Date } = {}) =>
	withBusiness(
		erp,
		(scope) =>
			reportPlace(scope, {
				person: options.person ?? mavuno.personId,
				path,
				label: options.label ?? `The page ${path}`
			}),
		options.at ? { at: options.at } : {}
	);

const placesOf = (member: Member) =>
	withBusiness(member, (scope) => listPlaces(scope, { ...member, productId }));

describe('a place', () => {
	it('is kept for a person given by id or by address, whatever its case', async () => {
		await report('/stock', { person: 'Wanjiku@Mavuno.Example', label: 'Stock' });
		expect(await placesOf(mavuno)).toMatchObject([{ path: '/stock', label: 'Stock' }]);
		expect(await placesOf(pwani)).toEqual([]);
	});

	it('is one of the last five, the newest first, each path once', async () => {
		const minute = (n: number) => new Date(Date.UTC(2026, 10, 25, 10, n));
		for (const [n, path] of ['/a', '/b', '/c', '/a', '/d', '/e', '/f'].entries())
			await report(path, { at: minute(n) });
		expect((await placesOf(mavuno)).map(({ path }) => path)).toEqual([
			'/f',
			'/e',
			'/d',
			'/a',
			'/c'
		]);
	});

	it('does not go back when an older report arrives late', async () => {
		await report('/late', { at: new Date('2026-11-25T11:30:00Z') });
		await report('/late', { at: new Date('2026-11-25T11:00:00Z') });
		expect((await placesOf(mavuno))[0]).toMatchObject({
			path: '/late',
			reportedAt: new Date('2026-11-25T11:30:00Z')
		});
	});

	it.each([
		'https://evil.example/',
		'//evil.example',
		'/\\evil.example',
		'/stock\\..',
		'/\t/evil.example',
		'/stock\nreceipts',
		'stock',
		'',
		`/${'x'.repeat(500)}`
	])('is a path of the product’s own, so %j is refused', async (path) => {
		await expect(report(path)).rejects.toMatchObject({ code: 'invalid' });
	});

	it.each(['/', '/stock/receipts', '/a//b', '/søk?q=å&page=2#top'])('may be %s', async (path) => {
		const at = new Date('2026-11-25T12:00:00Z');
		await report(path, { at });
		expect(await placesOf(mavuno)).toContainEqual({
			path,
			label: `The page ${path}`,
			reportedAt: at
		});
	});

	it('is refused for somebody who may not open the product in this business', async () => {
		for (const person of [pwani.personId, 'amina@pwani.example', 'nobody@x.example', 'nonsense']) {
			await expect(report('/stock', { person })).rejects.toMatchObject({ code: 'unknown_person' });
		}
	});

	it('is the product’s to report, not a member’s', async () => {
		await expect(
			withBusiness(mavuno, (scope) =>
				reportPlace(scope, { person: mavuno.personId, path: '/x', label: 'X', productId })
			)
		).rejects.toMatchObject({ code: 'forbidden' });
	});
});

it.each([
	['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1', 'phone'],
	['Mozilla/5.0 (Linux; Android 14; TECNO KL4) Chrome/131.0 Mobile Safari/537.36', 'phone'],
	['Mozilla/5.0 (Linux; Android 13; SM-X200) Chrome/131.0 Safari/537.36', 'tablet'],
	['Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Mobile/15E148', 'tablet'],
	['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0', 'computer'],
	['', 'computer']
])('%s is a browser on a %s', (userAgent, device) => {
	expect(deviceOf(userAgent)).toBe(device);
});
