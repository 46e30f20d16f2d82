import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { startSubscription } from '../billing/index.ts';
import { saveProduct } from '../catalogue/index.ts';
import { countVisits, grantAccess, launch } from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let otieno: Member;

const phone = 'Mozilla/5.0 (Linux; Android 15) Mobile Firefox/140.0';
const go = (as: Member, at: string, userAgent = '') =>
	withBusiness(as, (scope) => launch(scope, { slug: 'erp', userAgent }), { at: new Date(at) });
const count = (as: Member, from: string, to: string, bucket: 'hour' | 'day') =>
	withBusiness(as, (scope) =>
		countVisits(scope, {
			product: 'erp',
			from: new Date(from),
			to: new Date(to),
			bucket,
			timeZone: 'Africa/Nairobi'
		})
	);

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-25T09:00:00Z'));
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
		for (const { businessId, personId } of [mavuno, otieno, pwani])
			await grantAccess(scope, { businessId, personId, product: 'erp' });
	});
	// Already the 24th in Nairobi.
	await go(otieno, '2026-11-23T21:30:00Z', phone);
	await go(otieno, '2026-11-24T08:00:00Z', phone);
	await go(otieno, '2026-11-24T08:59:00Z');
	await go(mavuno, '2026-11-24T08:10:00Z');
	// The end of the span is not in it.
	await go(mavuno, '2026-11-24T21:00:00Z');
	await go(pwani, '2026-11-24T08:00:00Z');
});
afterAll(() => runtime.stop());

it('visits are counted by day of the business, device and person, without those of others', async () => {
	expect(await count(mavuno, '2026-11-22T21:00:00Z', '2026-11-24T21:00:00Z', 'day')).toEqual({
		steps: [
			{ step: '2026-11-24', device: 'computer', visits: 2 },
			{ step: '2026-11-24', device: 'phone', visits: 2 }
		],
		people: [
			{ personId: otieno.personId, visits: 3 },
			{ personId: mavuno.personId, visits: 1 }
		]
	});
});

it('visits of a day are counted by its hours', async () => {
	const { steps } = await count(mavuno, '2026-11-23T21:00:00Z', '2026-11-24T21:00:00Z', 'hour');
	expect(steps).toEqual([
		{ step: '2026-11-24T00:00', device: 'phone', visits: 1 },
		{ step: '2026-11-24T11:00', device: 'computer', visits: 2 },
		{ step: '2026-11-24T11:00', device: 'phone', visits: 1 }
	]);
});
