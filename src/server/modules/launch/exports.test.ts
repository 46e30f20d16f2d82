import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member, ProductKey } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { listActivity } from '../activity/index.ts';
import { changeSubscriptionStatus, startSubscription } from '../billing/index.ts';
import { declareProduct, saveProduct } from '../catalogue/index.ts';
import { listNotifications } from '../notifications/index.ts';
import {
	askExport,
	cancelExport,
	grantAccess,
	launch,
	listExports,
	reportExport
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let pwani: Member;
let peter: Member;
let otieno: Member;
let products: Awaited<ReturnType<typeof createProducts>>;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	const join = (name: string, role: Member['role']) =>
		createMember(
			mavuno.businessId,
			name,
			`${name.split(' ')[0]?.toLowerCase() ?? ''}@mavuno.example`,
			role
		);
	peter = await join('Peter Mwangi', 'admin');
	otieno = await join('Otieno Ouma', 'member');
	products = await createProducts();
	await withSystem('test', async (scope) => {
		await saveProduct(scope, {
			slug: 'erp',
			loginUrl: 'https://erp.example/login',
			suspendedMode: 'export_only'
		});
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-01-01'
			});
		await declareProduct(scope, {
			product: 'erp',
			exports: [
				{ slug: 'everything', name: 'Everything' },
				{ slug: 'stock', name: 'Stock' }
			]
		});
		for (const member of [mavuno, peter, otieno, pwani])
			await grantAccess(scope, {
				businessId: member.businessId,
				personId: member.personId,
				product: 'erp'
			});
	});
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const ask = (kind: string, as = mavuno) =>
	withBusiness(as, (scope) => askExport(scope, { product: 'erp', kind }));
const key = (businessId: string, slug: 'erp' | 'sacco' = 'erp'): ProductKey => ({
	kind: 'product',
	businessId,
	productId: products[slug],
	slug
});
const report = (input: Parameters<typeof reportExport>[1], as = key(mavuno.businessId)) =>
	withBusiness(as, (scope) => reportExport(scope, input));
const list = (as: Member) => withBusiness(as, (scope) => listExports(scope, { product: 'erp' }));
const fetch = (as: Member, path: string, at?: Date) =>
	withBusiness(
		as,
		(scope) => launch(scope, { slug: 'erp', from: 'place', path }),
		at ? { at } : {}
	);
const later = (minutes: number) => new Date(runtime.clock.now().getTime() + minutes * 60_000);

describe('an export', () => {
	let id: string;

	it('is asked for by leaders, of what the product declared, one of a kind at a time', async () => {
		({ id } = await ask('everything'));
		await expect(ask('everything', peter)).rejects.toMatchObject({ code: 'export_open' });
		await ask('everything', pwani);
		await expect(ask('secrets')).rejects.toMatchObject({ issues: [{ path: 'kind' }] });
		await expect(ask('stock', otieno)).rejects.toMatchObject({ code: 'forbidden' });
		expect(await list(otieno)).toMatchObject([
			{ id, name: 'Everything', status: 'asked', askedBy: mavuno.personId }
		]);
		expect(await list(pwani)).toHaveLength(1);
	});

	it('is reported by its own product, at its own business’s door', async () => {
		for (const stranger of [key(pwani.businessId), key(mavuno.businessId, 'sacco')])
			await expect(report({ id, status: 'preparing' }, stranger)).rejects.toMatchObject({
				code: 'not_found'
			});
		await report({ id, status: 'preparing' });
		await expect(report({ id, status: 'ready' })).rejects.toMatchObject({
			issues: [{ path: 'path' }]
		});
		await expect(report({ id, status: 'ready', path: '//evil.example' })).rejects.toMatchObject({
			issues: [{ path: 'path' }]
		});
		await report({
			id,
			status: 'ready',
			path: '/exports/7',
			bytes: 9_007_199_254_740_991,
			expiresAt: later(60)
		});
		await expect(report({ id, status: 'preparing' })).rejects.toMatchObject({
			code: 'export_settled'
		});
	});

	it('is fetched by who asked and by leaders through a launch, until it expires', async () => {
		expect(await list(mavuno)).toMatchObject([
			{ status: 'ready', path: '/exports/7', bytes: 9_007_199_254_740_991n, expired: false }
		]);
		expect(await list(otieno)).toMatchObject([{ status: 'ready', path: null }]);
		for (const leader of [mavuno, peter]) {
			const { url } = await fetch(leader, '/exports/7');
			expect(new URL(url).searchParams.get('target_link_uri')).toBe(
				'https://erp.example/exports/7'
			);
		}
		for (const other of [otieno, pwani])
			await expect(fetch(other, '/exports/7')).rejects.toMatchObject({ code: 'invalid' });
		await fetch(mavuno, '/exports/7', later(59));
		await expect(fetch(mavuno, '/exports/7', later(60))).rejects.toMatchObject({
			code: 'export_expired'
		});
	});

	it('tells who asked once it is ready, once, and the feed', async () => {
		await report({ id, status: 'ready', path: '/exports/8' });
		await jobs.settle();
		const { notifications } = await withBusiness(mavuno, (scope) => listNotifications(scope, {}));
		expect(notifications.filter(({ kind }) => kind !== 'access_granted')).toMatchObject([
			{ kind: 'export_reported', params: { name: 'Everything', status: 'ready' } }
		]);
		const { entries } = await withBusiness(mavuno, (scope) => listActivity(scope, {}));
		expect(
			entries
				.filter(({ kind }) => kind.startsWith('export'))
				.map(({ kind, person, params }) => [kind, person?.name, params['name']])
				.sort()
		).toEqual([
			['export_asked', 'Wanjiku Kamau', 'Everything'],
			['export_reported', undefined, 'Everything']
		]);
	});

	it('that is settled makes room for the next, and one that is given up takes no report', async () => {
		const next = await ask('everything');
		await withBusiness(peter, (scope) => cancelExport(scope, next));
		await expect(withBusiness(peter, (scope) => cancelExport(scope, next))).rejects.toMatchObject({
			code: 'export_settled'
		});
		await expect(report({ id: next.id, status: 'preparing' })).rejects.toMatchObject({
			code: 'export_cancelled'
		});
		await ask('everything');
	});

	it('is not given up by another business', async () => {
		const [theirs] = await list(pwani);
		await expect(
			withBusiness(mavuno, (scope) => cancelExport(scope, { id: theirs?.id ?? '' }))
		).rejects.toMatchObject({ code: 'not_found' });
	});

	it('can be asked for while the product is suspended, and not after the end', async () => {
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
		await ask('stock');
		await fetch(mavuno, '/exports/8');
		await change('ended');
		await expect(ask('stock')).rejects.toMatchObject({ code: 'product_closed' });
	});
});
