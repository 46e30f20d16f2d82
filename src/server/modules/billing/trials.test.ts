import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { listActivity } from '../activity/index.ts';
import { declareProduct } from '../catalogue/index.ts';
import { listAccesses } from '../launch/index.ts';
import { changeSubscriptionStatus, listSubscriptions, startTrial } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let pwani: Member;
let otieno: Member;

beforeAll(async () => {
	// In Nairobi it is the next day already.
	runtime = await startTestRuntime(new Date('2026-11-30T21:30:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	await createProducts();
	await withSystem('test', (scope) =>
		declareProduct(scope, {
			product: 'payroll',
			roles: [
				{ slug: 'administrator', name: 'Administrator' },
				{ slug: 'viewer', name: 'Viewer', default: true }
			]
		})
	);
	jobs = await startJobs({ pollingSeconds: 0.5 });
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const begin = (as: Member, product = 'payroll', plan = 'staff') =>
	withBusiness(as, (scope) => startTrial(scope, { product, plan }));
const held = (as: Member) => withBusiness(as, (scope) => listSubscriptions(scope, {}));

describe('a trial', () => {
	it('is begun by leaders, of a plan that has one', async () => {
		await expect(begin(otieno)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(begin(mavuno, 'erp', 'business')).rejects.toMatchObject({ code: 'no_trial' });
		await expect(begin(mavuno, 'payroll', 'unknown')).rejects.toMatchObject({ code: 'not_found' });
	});

	it('begins today in the zone of the business, once, and lets in who asked', async () => {
		const [first, second] = await Promise.allSettled([begin(mavuno), begin(mavuno)]);
		const begun = { status: 'fulfilled', value: { endsOn: '2027-03-01' } };
		expect(first).toEqual(begun);
		// The first may have begun before the second looked.
		if (second.status === 'rejected') expect(second.reason).toMatchObject({ code: 'had_before' });
		else expect(second).toEqual(begun);
		await jobs.settle();
		expect(await held(mavuno)).toMatchObject([
			{
				product: { slug: 'payroll' },
				status: 'trial',
				startedOn: '2026-12-01',
				trialEndsOn: '2027-03-01',
				renewsOn: null
			}
		]);
		const accesses = await withBusiness(mavuno, (scope) => listAccesses(scope, {}));
		expect(accesses.map(({ personId, role }) => [personId, role])).toEqual([
			[mavuno.personId, 'viewer']
		]);
		const { entries } = await withBusiness(mavuno, (scope) => listActivity(scope, {}));
		expect(
			entries.filter(({ kind }) => kind === 'trial_started').map(({ person }) => person?.name)
		).toEqual(['Wanjiku Kamau']);
		expect(await held(pwani)).toEqual([]);
	});

	it('is for a product that the business never had', async () => {
		await expect(begin(mavuno)).rejects.toMatchObject({ code: 'had_before' });
		await withSystem('test', (scope) =>
			changeSubscriptionStatus(scope, {
				businessId: mavuno.businessId,
				product: 'payroll',
				status: 'ended',
				on: '2026-12-02'
			})
		);
		await expect(begin(mavuno)).rejects.toMatchObject({ code: 'had_before' });
	});
});
