import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { startSubscription } from '../billing/index.ts';
import { saveProduct } from '../catalogue/index.ts';
import { grantAccess, launch, listVisitors, listVisits } from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let otieno: Member;

const phone = 'Mozilla/5.0 (Linux; Android 15) Mobile Firefox/140.0';
const now = new Date('2026-11-25T09:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const go = (as: Member, days: number, userAgent = '') =>
	withBusiness(as, (scope) => launch(scope, { slug: 'erp', userAgent }), { at: daysAgo(days) });

beforeAll(async () => {
	runtime = await startTestRuntime(now);
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	await createProducts();
	await withSystem('test', async (scope) => {
		await saveProduct(scope, { slug: 'erp', loginUrl: 'https://erp.example/login' });
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'erp',
				plan: 'business',
				startedOn: '2026-01-01'
			});
		for (const member of [mavuno, otieno, pwani])
			await grantAccess(scope, {
				businessId: member.businessId,
				personId: member.personId,
				product: 'erp'
			});
	});
	for (const days of [40, 30, 29, 3]) await go(otieno, days, phone);
	await go(pwani, 1);
});
afterAll(() => runtime.stop());

it('visitors are all who may open it, with their last visit and those of thirty days', async () => {
	const visitors = await withBusiness(mavuno, (scope) => listVisitors(scope, { product: 'erp' }));
	expect(visitors).toEqual([
		{
			personId: otieno.personId,
			role: 'user',
			lastVisitAt: daysAgo(3),
			device: 'phone',
			userAgent: phone,
			visits30Days: 2
		},
		{
			personId: mavuno.personId,
			role: 'user',
			lastVisitAt: null,
			device: null,
			userAgent: null,
			visits30Days: 0
		}
	]);
});

it('visits are listed page by page, to their own business alone', async () => {
	const page = (before?: string) =>
		withBusiness(mavuno, (scope) =>
			listVisits(scope, { product: 'erp', limit: 3, ...(before ? { before } : {}) })
		);
	const first = await page();
	expect(first.visits.map(({ visitedAt }) => visitedAt)).toEqual([3, 29, 30].map(daysAgo));
	const rest = await page(first.next ?? '');
	expect(rest).toMatchObject({ visits: [{ visitedAt: daysAgo(40) }], next: null });
	const theirs = await withBusiness(pwani, (scope) => listVisits(scope, { product: 'erp' }));
	expect(theirs.visits.map(({ personId }) => personId)).toEqual([pwani.personId]);
});
