import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { listActivity } from '../activity/index.ts';
import { saveProduct } from '../catalogue/index.ts';
import { grantAccess, launch, readEntitlements, readLauncher } from '../launch/index.ts';
import {
	liftSuspension,
	listAlerts,
	recordEvents,
	saveAlert,
	watchAlerts
} from '../usage/index.ts';
import { listNotifications } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let watch: ReturnType<typeof watchAlerts>;
let fixture: Metered;
let mavuno: Member;
let pwani: Member;
let halima: Member;
let otieno: Member;
let brian: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	({ mavuno, pwani } = fixture);
	halima = await createMember(mavuno.businessId, 'Halima Yusuf', 'halima@mavuno.example', 'admin');
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
	brian = await createMember(mavuno.businessId, 'Brian Kiptoo', 'brian@mavuno.example', 'member');
	await withSystem('test', async (scope) => {
		await saveProduct(scope, {
			slug: 'erp',
			usageSuspension: 'closed',
			loginUrl: 'https://erp.lixnet.example/login'
		});
		const access = { businessId: mavuno.businessId, product: 'erp', role: 'user' };
		await grantAccess(scope, { ...access, personId: otieno.personId });
	});
	// As a portal runs them.
	jobs = await startJobs();
	watch = watchAlerts();
	await jobs.settle();
});
afterAll(async () => {
	await watch.stop();
	await jobs.stop();
	await runtime.stop();
});

const move = (bytes: number) =>
	recordEvents(
		[
			usageEvent(mavuno.businessId, {
				data: { bytes, user: 'otieno', branch: 'Nakuru' },
				time: runtime.clock.now().toISOString()
			})
		],
		fixture.erp
	);
const later = (): void => runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
/** What the product itself is told it may do, as in the claims of its sign-ins. */
const modeOf = (businessId: string) =>
	withBusiness(
		{ kind: 'product', productId: fixture.erp.productId, slug: 'erp', businessId },
		async (scope) => (await readEntitlements(scope, {})).mode
	);
async function heard(as: Member): Promise<{ kind: string; params: Record<string, string> }[]> {
	const { notifications } = await withBusiness(as, (scope) => listNotifications(scope, {}));
	return notifications.map(({ kind, params }) => ({ kind, params }));
}
async function logged(): Promise<string[]> {
	const { entries } = await withBusiness(mavuno, (scope) =>
		listActivity(scope, { field: 'limits' })
	);
	return entries.map(({ kind, person }) => `${kind} ${person?.name ?? 'by itself'}`).reverse();
}

describe('a limit that suspends a product', () => {
	it('does so within ten seconds of the event that reaches it, and everybody concerned is told', async () => {
		await withBusiness(mavuno, (scope) =>
			saveAlert(scope, {
				product: 'erp',
				meter: 'data',
				limit: '1 kB',
				people: [brian.personId],
				action: 'suspend'
			})
		);
		later();
		await move(760);
		await wait(2_000);
		expect(await modeOf(mavuno.businessId)).toBe('full');
		later();
		const begun = performance.now();
		await move(240);
		while ((await modeOf(mavuno.businessId)) === 'full') {
			if (performance.now() - begun > 20_000) throw new Error('Nothing was suspended.');
			await wait(50);
		}
		expect(performance.now() - begun).toBeLessThan(10_000);
		await jobs.settle();
		expect(performance.now() - begun).toBeLessThan(10_000);

		const params = {
			product: 'ERP System',
			meter: 'Data',
			mode: 'closed',
			until: '2026-11-30T21:00:00.000Z'
		};
		const own = { kind: 'usage_suspended', params };
		const others = {
			kind: 'usage_suspended',
			params: { ...params, ask: 'Wanjiku Kamau or Halima Yusuf' }
		};
		expect(await heard(mavuno)).toEqual([own]);
		expect(await heard(halima)).toEqual([own]);
		// He works with it.
		expect((await heard(otieno))[0]).toEqual(others);
		// He was chosen to be told, at 75 % as well.
		expect(await heard(brian)).toMatchObject([
			others,
			{ kind: 'usage_alert', params: { mark: '75' } }
		]);
		expect(await heard(pwani)).toEqual([]);
		const letters = await withSystem('test', (scope) => listMails(scope, 20));
		const suspended = letters.filter(({ subject }) => subject.includes('is suspended by a limit'));
		expect(suspended.map(({ to }) => to).sort()).toEqual([
			'halima@mavuno.example',
			'wanjiku@mavuno.example'
		]);
		expect(suspended[0]?.body).toContain(
			'Nobody can open it; everything in it is kept until 1 Dec 2026'
		);
		expect(suspended[0]?.body).toContain('http://localhost:3000/products/erp');
		const warned = letters.find(({ subject }) => subject.includes('75%'));
		expect(warned?.body).toContain('At 100% ERP System is suspended for everybody');
		expect(warned?.body).not.toContain('Nothing stops');
	});

	it('refuses to launch it, for that reason', async () => {
		const refused = withBusiness(otieno, (scope) => launch(scope, { slug: 'erp' }));
		await expect(refused).rejects.toMatchObject({ code: 'usage_suspended' });
		expect(
			await withBusiness(otieno, (scope) => readLauncher(scope, { slug: 'erp' }))
		).toMatchObject({
			refusal: 'limited',
			mode: 'closed',
			limitedUntil: new Date('2026-11-30T21:00:00Z')
		});
	});

	it('leaves as much as the vendor says', async () => {
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'erp', usageSuspension: 'export_only' })
		);
		expect(await modeOf(mavuno.businessId)).toBe('export_only');
		await withBusiness(otieno, (scope) => launch(scope, { slug: 'erp' }));
	});

	it('lifted, is told to everybody who heard of it, and is in the log with who did it', async () => {
		later();
		await withBusiness(halima, (scope) =>
			liftSuspension(scope, { productId: fixture.erp.productId })
		);
		expect(await modeOf(mavuno.businessId)).toBe('full');
		await jobs.settle();
		for (const one of [mavuno, otieno])
			expect((await heard(one))[0]).toEqual({
				kind: 'usage_open',
				params: { product: 'ERP System', meter: 'Data', why: 'lifted', by: 'Halima Yusuf' }
			});
		later();
		await move(10);
		await wait(2_000);
		expect(await modeOf(mavuno.businessId)).toBe('full');
		later();
		await withBusiness(mavuno, async (scope) => {
			const [alert] = await listAlerts(scope, {});
			const wanted = { id: alert?.id ?? '', product: 'erp', meter: 'data', limit: '5 kB' };
			await saveAlert(scope, wanted);
			// Saved as it is, it is no news.
			await saveAlert(scope, wanted);
		});
		await jobs.settle();
		const [set, , ...happened] = await logged();
		expect(set).toBe('alert_set Wanjiku Kamau');
		// Of one moment, in either order.
		expect(happened.splice(0, 2).sort()).toEqual([
			'limit_reached by itself',
			'usage_suspended by itself'
		]);
		expect(happened).toEqual(['suspension_ended Halima Yusuf', 'alert_changed Wanjiku Kamau']);
		const theirs = await withBusiness(pwani, (scope) => listActivity(scope, { field: 'limits' }));
		expect(theirs.entries).toEqual([]);
	});
});
