import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { installation } from '#server/platform/live.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { startSubscription } from '../billing/index.ts';
import { addMember, createBusiness } from '../businesses/index.ts';
import { endProductState, planMaintenance, reportProductState } from '../catalogue/index.ts';
import { createPerson } from '../identity/index.ts';
import { grantAccess } from '../launch/index.ts';
import { listNotifications, saveChoices, tellStates } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let otieno: Member;
let pwani: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	await createMember(mavuno.businessId, 'Halima Yusuf', 'halima@mavuno.example', 'admin');
	await createProducts();
	await withSystem('test', async (scope) => {
		const hold = (businessId: string, product: string, plan: string) =>
			startSubscription(scope, { businessId, product, plan, startedOn: '2026-01-01' });
		await hold(mavuno.businessId, 'erp', 'business');
		await hold(mavuno.businessId, 'sacco', 'growth');
		await hold(pwani.businessId, 'sacco', 'growth');
		for (const { businessId, personId } of [mavuno, otieno])
			await grantAccess(scope, { businessId, personId, product: 'erp' });
		for (const { businessId, personId } of [otieno, pwani])
			await grantAccess(scope, { businessId, personId, product: 'sacco' });
	});
	jobs = await startJobs({ pollingSeconds: 0.5 });
	await jobs.settle();
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});
beforeEach(() => {
	later(60_000);
});

function later(ms: number): Date {
	const at = new Date(runtime.clock.now().getTime() + ms);
	runtime.clock.set(at);
	return at;
}
const asVendor = <R>(work: Parameters<typeof withSystem<R>>[1]) => withSystem('test', work);
async function look(): Promise<void> {
	await withSystem('test', tellStates);
	await jobs.settle();
}
/** What somebody was told of states, newest first. */
async function heard(as: Member) {
	const { notifications } = await withBusiness(as, (scope) =>
		listNotifications(scope, { limit: 100 })
	);
	return notifications
		.filter(({ kind }) => kind.startsWith('state_'))
		.map(({ kind, params }) => `${kind} ${params['product'] ?? ''} ${params['state'] ?? ''}`);
}
async function letters() {
	const all = await withSystem('test', (scope) => listMails(scope, 100));
	return all
		.filter(({ body }) => !body.includes('given you access'))
		.map(({ to, subject }) => `${to.split('@')[0] ?? ''}: ${subject}`);
}

describe('an outage', () => {
	it('is told once to everybody who can open the product, when it begins and when it is over', async () => {
		const { id } = await asVendor((scope) =>
			reportProductState(scope, { product: 'erp', state: 'outage', message: 'A disk failed.' })
		);
		await Promise.all([look(), look()]);
		later(60_000);
		await look();
		expect(await heard(mavuno)).toEqual(['state_started ERP System outage']);
		expect(await heard(otieno)).toEqual(['state_started ERP System outage']);
		expect(await heard(pwani)).toEqual([]);
		expect(await letters()).toEqual(['wanjiku: ERP System is down']);

		later(60_000);
		await asVendor((scope) => endProductState(scope, { id }));
		await look();
		await look();
		expect((await heard(otieno))[0]).toBe('state_ended ERP System outage');
		expect(await heard(otieno)).toHaveLength(2);
		expect((await letters())[0]).toBe('wanjiku: ERP System works again');
	});

	it('reaches each business that holds the product, and opens pages anew there alone', async () => {
		await withBusiness(otieno, (scope) =>
			saveChoices(scope, { product: 'sacco', choices: { state: { bell: false, mail: true } } })
		);
		const drawn: string[] = [];
		const unhear = runtime.live.hear(null, (topic, businessId) => {
			if (topic === 'launch') drawn.push(businessId);
		});
		await asVendor((scope) => reportProductState(scope, { product: 'sacco', state: 'outage' }));
		// Who holds it is known to those who tell people; the change itself is told to all.
		await expect.poll(() => drawn).toEqual([installation]);
		drawn.length = 0;
		await look();
		unhear();
		expect(drawn.sort()).toEqual([mavuno.businessId, pwani.businessId].sort());
		expect(await heard(pwani)).toEqual(['state_started SACCO outage']);
		// By mail alone, as he chose.
		expect(await heard(otieno)).not.toContain('state_started SACCO outage');
		// Wanjiku holds it and cannot open it.
		expect(await heard(mavuno)).not.toContain('state_started SACCO outage');
		expect((await letters()).filter((line) => line.endsWith('SACCO is down')).sort()).toEqual([
			'amina: SACCO is down',
			'otieno: SACCO is down'
		]);
	});

	it('is on the bell alone while the product merely works badly', async () => {
		const before = await letters();
		await asVendor((scope) => reportProductState(scope, { product: 'erp', state: 'degraded' }));
		await look();
		expect((await heard(otieno))[0]).toBe('state_started ERP System degraded');
		expect(await letters()).toEqual(before);
	});
});

describe('a maintenance', () => {
	it('is told when it is planned, begins and is over, in the time of the business', async () => {
		const from = later(3_600_000);
		const start = new Date(from.getTime() + 3_600_000);
		const until = new Date(from.getTime() + 2 * 3_600_000);
		await asVendor((scope) => planMaintenance(scope, { product: 'erp', from: start, until }));
		await look();
		runtime.clock.set(start);
		await look();
		runtime.clock.set(until);
		await look();
		expect((await heard(otieno)).slice(0, 3)).toEqual([
			'state_ended ERP System maintenance',
			'state_started ERP System maintenance',
			'state_planned ERP System maintenance'
		]);
		const planned = (await withSystem('test', (scope) => listMails(scope, 100))).find(
			({ subject }) => subject.startsWith('Maintenance of ERP System')
		);
		// 09:00 in UTC, a few minutes and two hours earlier; Nairobi is three hours ahead.
		expect(planned?.subject).toMatch(/^Maintenance of ERP System on 25 Nov 2026, 14:\d\d$/);
	});

	it('that is called off is told to those who expected it', async () => {
		const from = later(3_600_000);
		const { id } = await asVendor((scope) =>
			planMaintenance(scope, {
				product: 'erp',
				from: new Date(from.getTime() + 3_600_000),
				until: new Date(from.getTime() + 7_200_000)
			})
		);
		await look();
		later(60_000);
		await asVendor((scope) => endProductState(scope, { id }));
		await look();
		await look();
		expect((await heard(mavuno)).slice(0, 2)).toEqual([
			'state_called_off ERP System maintenance',
			'state_planned ERP System maintenance'
		]);
		expect((await letters())[0]).toMatch(/^wanjiku: No maintenance of ERP System on /);
	});
});

describe('many businesses', () => {
	it('are told in several jobs, all of them once', async () => {
		const members = await withSystem('test', async (scope) => {
			const all: Member[] = [];
			for (let i = 1; i <= 52; i += 1) {
				const name = `Duka ${i}`;
				const { id: businessId } = await createBusiness(scope, { name });
				await startSubscription(scope, {
					businessId,
					product: 'payroll',
					plan: 'staff',
					startedOn: '2026-01-01'
				});
				// Of the first job, and of the second.
				if (i > 2 && i < 51) continue;
				const email = `owner${i}@duka.example`;
				const { id: personId } = await createPerson(scope, { email, name, password: null });
				await addMember(scope, { businessId, personId, role: 'owner' });
				await grantAccess(scope, { businessId, personId, product: 'payroll' });
				all.push({ ...mavuno, businessId, personId, name });
			}
			return all;
		});
		await jobs.settle();
		await asVendor((scope) => reportProductState(scope, { product: 'payroll', state: 'outage' }));
		await Promise.all([look(), look()]);
		for (const member of members)
			expect(await heard(member)).toEqual(['state_started Payroll outage']);
	});
});
