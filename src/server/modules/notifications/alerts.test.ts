import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { fireAlerts, listAlerts, recordEvents, saveAlert, watchAlerts } from '../usage/index.ts';
import { listNotifications, saveChoices } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let watch: ReturnType<typeof watchAlerts>;
let fixture: Metered;
let mavuno: Member;
let halima: Member;
let otieno: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	({ mavuno } = fixture);
	halima = await createMember(mavuno.businessId, 'Halima Yusuf', 'halima@mavuno.example', 'admin');
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
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

const limit = (amount: string, marks: (50 | 75 | 90 | 100)[]) =>
	withBusiness(mavuno, async (scope) => {
		const [known] = await listAlerts(scope, { product: 'erp' });
		const wanted = { product: 'erp', meter: 'data', limit: amount, marks };
		return saveAlert(scope, known ? { id: known.id, ...wanted } : wanted);
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
async function heard(as: Member): Promise<Record<string, string>[]> {
	const { notifications } = await withBusiness(as, (scope) => listNotifications(scope, {}));
	return notifications.filter(({ kind }) => kind === 'usage_alert').map(({ params }) => params);
}
/** Waits until somebody has heard so much. @returns how long that took, in ms */
async function until(as: Member, count: number): Promise<number> {
	const begun = performance.now();
	while ((await heard(as)).length < count) {
		if (performance.now() - begun > 20_000) throw new Error('Nobody was told.');
		await wait(50);
	}
	return performance.now() - begun;
}

describe('a mark that is passed', () => {
	it('is on the bell of owners and admins within ten seconds of the event, and in their mail', async () => {
		await limit('1 kB', [75, 100]);
		await move(760);
		expect(await until(mavuno, 1)).toBeLessThan(10_000);
		await jobs.settle();
		const params = {
			product: 'ERP System',
			meter: 'Data',
			unit: 'bytes',
			currency: 'KES',
			mark: '75',
			limit: '1000',
			value: '760',
			every: 'month'
		};
		expect(await heard(mavuno)).toEqual([params]);
		expect(await heard(halima)).toEqual([params]);
		expect(await heard(otieno)).toEqual([]);
		expect(await heard(fixture.pwani)).toEqual([]);
		const letters = await withSystem('test', (scope) => listMails(scope, 10));
		expect(letters.map(({ to, subject }) => `${to} ${subject}`).sort()).toEqual([
			'halima@mavuno.example ERP System: 75% of the limit for Data is reached',
			'wanjiku@mavuno.example ERP System: 75% of the limit for Data is reached'
		]);
		expect(letters[0]?.body).toContain('set for Data in ERP System is reached in November 2026.');
		expect(letters[0]?.body).toContain('http://localhost:3000/usage/alerts');
	});

	it('is told once, also when the watch starts anew and many events follow', async () => {
		await watch.stop();
		watch = watchAlerts();
		for (let i = 0; i < 5; i += 1) await move(1);
		await wait(1_500);
		await jobs.settle();
		expect(await heard(mavuno)).toHaveLength(1);
	});

	it('while nobody watched is found by the job of the minute, and told once', async () => {
		await watch.stop();
		// What is told at one moment has no order.
		runtime.clock.set(new Date(runtime.clock.now().getTime() + 60_000));
		await move(300);
		const look = () => withSystem('test', (scope) => fireAlerts(scope, null));
		await Promise.all([look(), look()]);
		watch = watchAlerts();
		await move(1);
		await until(mavuno, 2);
		await wait(1_500);
		await jobs.settle();
		expect(await heard(mavuno)).toMatchObject([{ mark: '100', value: '1065' }, { mark: '75' }]);
	});

	it('is told again for a higher limit at once, to those who want to hear it', async () => {
		await withBusiness(halima, (scope) =>
			saveChoices(scope, { product: 'erp', choices: { alerts: { bell: false, mail: false } } })
		);
		runtime.clock.set(new Date(runtime.clock.now().getTime() + 60_000));
		await limit('2 kB', [50]);
		await until(mavuno, 3);
		await jobs.settle();
		expect((await heard(mavuno))[0]).toMatchObject({ mark: '50', limit: '2000', value: '1066' });
		expect(await heard(halima)).toHaveLength(2);
		const letters = await withSystem('test', (scope) => listMails(scope, 10));
		expect(letters.filter(({ to }) => to === 'halima@mavuno.example')).toHaveLength(2);
		expect(letters.filter(({ to }) => to === 'wanjiku@mavuno.example')).toHaveLength(3);
	});

	it('reaches those who were chosen, in the ways that were chosen, and asks those who lead', async () => {
		runtime.clock.set(new Date(runtime.clock.now().getTime() + 60_000));
		const mails = (await withSystem('test', (scope) => listMails(scope, 100))).length;
		await withBusiness(mavuno, (scope) =>
			saveAlert(scope, {
				product: 'erp',
				meter: 'data',
				limit: 1_000,
				marks: [90],
				period: 'day',
				people: [otieno.personId],
				channels: ['bell'],
				action: 'ask'
			})
		);
		await until(otieno, 1);
		await jobs.settle();
		expect((await heard(otieno))[0]).toMatchObject({ limit: '1000', every: 'day' });
		expect((await heard(otieno))[0]).not.toHaveProperty('asks');
		expect((await heard(mavuno))[0]).toMatchObject({ limit: '1000', asks: 'yes' });
		// She wants to hear of no limits.
		expect(await heard(halima)).toHaveLength(2);
		expect(await withSystem('test', (scope) => listMails(scope, 100))).toHaveLength(mails);
	});
});
