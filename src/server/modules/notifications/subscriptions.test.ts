import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	changeSubscriptionStatus,
	startSubscription,
	type SubscriptionStatus
} from '../billing/index.ts';
import { saveProduct } from '../catalogue/index.ts';
import { grantAccess } from '../launch/index.ts';
import { listNotifications, remind } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let otieno: Member;
let halima: Member;
let asha: Member;
let pwani: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	const join = (name: string, email: string, role: 'member' | 'billing') =>
		createMember(mavuno.businessId, name, email, role);
	otieno = await join('Otieno Ouma', 'otieno@mavuno.example', 'member');
	halima = await join('Halima Yusuf', 'halima@mavuno.example', 'billing');
	asha = await join('Asha Njeri', 'asha@mavuno.example', 'member');
	await createProducts();
	await withSystem('test', async (scope) => {
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'sacco',
				plan: 'growth',
				startedOn: '2026-01-01'
			});
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

/** What is left of SACCO while it is suspended. */
const leave = (suspendedMode: 'read_only' | 'export_only' | 'closed') =>
	withSystem('test', (scope) =>
		saveProduct(scope, {
			slug: 'sacco',
			name: 'SACCO',
			summary: '',
			mark: 'sacco',
			position: 2,
			suspendedMode,
			closingNoticeDays: 7
		})
	);

async function become(status: SubscriptionStatus): Promise<void> {
	runtime.clock.set(new Date(runtime.clock.now().getTime() + 60_000));
	await withSystem('test', (scope) =>
		changeSubscriptionStatus(scope, {
			businessId: mavuno.businessId,
			product: 'sacco',
			status,
			on: '2026-11-25'
		})
	);
	await jobs.settle();
}

/** What each was told last, and who has a letter of it. */
async function last() {
	const told = async (as: Member): Promise<string> => {
		const { notifications } = await withBusiness(as, (scope) => listNotifications(scope, {}));
		const [newest] = notifications.filter(({ kind }) => kind.startsWith('subscription_'));
		return newest?.at.getTime() === runtime.clock.now().getTime() ? newest.kind : '';
	};
	const letters = await withSystem('test', (scope) => listMails(scope, 10));
	return {
		wanjiku: await told(mavuno),
		halima: await told(halima),
		otieno: await told(otieno),
		asha: await told(asha),
		amina: await told(pwani),
		letters: letters
			.filter(({ createdAt }) => createdAt.getTime() === runtime.clock.now().getTime())
			.map(({ to, body }) => [to.split('@')[0], body.split('\n')[2]] as const)
			.sort(([one], [other]) => String(one).localeCompare(String(other)))
	};
}

describe('a subscription', () => {
	it('that is past due is told to those who see the bills', async () => {
		await become('past_due');
		expect(await last()).toMatchObject({
			wanjiku: 'subscription_past_due',
			halima: 'subscription_past_due',
			otieno: '',
			asha: '',
			amina: '',
			letters: [
				['halima', expect.stringContaining('is overdue')],
				['wanjiku', expect.anything()]
			]
		});
		await become('active');
		expect(await last()).toMatchObject({ wanjiku: 'subscription_active', otieno: '' });
	});

	it.each([
		['read_only', 'SACCO is suspended. You can read everything in it, and change nothing.'],
		['export_only', 'SACCO is suspended. You can export your data from it, and nothing else.'],
		[
			'closed',
			expect.stringMatching(
				/^SACCO is suspended\. You can read everything in it until 2 Dec 2026, 12:\d\d\. Then it closes\.$/
			) as string
		]
	] as const)(
		'that is suspended (%s) is told to all whom it touches, with what is left',
		async (mode, words) => {
			await leave(mode);
			await become('suspended');
			expect(await last()).toEqual({
				wanjiku: 'subscription_suspended',
				halima: 'subscription_suspended',
				otieno: 'subscription_suspended',
				// Cannot open it.
				asha: '',
				amina: '',
				letters: [
					['halima', words],
					['wanjiku', words]
				]
			});
			await become('active');
			expect(await last()).toMatchObject({
				otieno: 'subscription_active',
				asha: '',
				letters: [
					['halima', 'SACCO is open again, with everything that was in it.'],
					['wanjiku', expect.anything()]
				]
			});
		}
	);

	it('that is suspended and closes is warned of once more, once, two days before', async () => {
		await leave('closed');
		await become('suspended');
		const closesAt = runtime.clock.now().getTime() + 7 * 86_400_000;
		const remindAt = async (at: number) => {
			runtime.clock.set(new Date(at));
			await withSystem('test', (scope) => remind(scope, {}));
			await jobs.settle();
			return last();
		};
		expect((await remindAt(closesAt - 3 * 86_400_000)).otieno).toBe('');
		expect(await remindAt(closesAt - 2 * 86_400_000)).toMatchObject({
			wanjiku: 'subscription_closing',
			otieno: 'subscription_closing',
			asha: '',
			amina: '',
			letters: [
				[
					'halima',
					expect.stringMatching(/closes on 2 Dec 2026, 12:\d\d\. Until then you can read/)
				],
				['wanjiku', expect.anything()]
			]
		});
		expect((await remindAt(closesAt - 86_400_000)).otieno).toBe('');
		expect((await remindAt(closesAt + 1)).otieno).toBe('');
	});

	it('that ends is told to all whom it touches', async () => {
		await become('ended');
		expect(await last()).toMatchObject({
			wanjiku: 'subscription_ended',
			halima: 'subscription_ended',
			otieno: 'subscription_ended',
			asha: '',
			amina: ''
		});
	});
});
