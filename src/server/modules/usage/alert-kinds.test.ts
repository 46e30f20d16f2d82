import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { listTerms, saveUsagePrices, startSubscription } from '../billing/index.ts';
import { listPlans, savePlan } from '../catalogue/index.ts';
import {
	answerAlertQuestion,
	defineMeter,
	fireAlerts,
	listAlertQuestions,
	listAlerts,
	listFirings,
	recordEvents,
	removeAlert,
	saveAlert
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;
let mavuno: Member;
let pwani: Member;
let halima: Member;
let otieno: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	({ mavuno, pwani } = fixture);
	halima = await createMember(mavuno.businessId, 'Halima Yusuf', 'halima@mavuno.example', 'admin');
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
});
afterAll(() => runtime.stop());

type Input = Partial<Parameters<typeof saveAlert>[1]>;
const save = (input: Input, as = mavuno) =>
	withBusiness(as, (scope) =>
		saveAlert(scope, { product: 'sacco', meter: 'data', limit: 1_000, ...input })
	);
const alerts = (as: Member) => withBusiness(as, (scope) => listAlerts(scope, {}));
const firings = async (as: Member) =>
	(await withBusiness(as, (scope) => listFirings(scope, {}))).firings;
const questions = (as: Member) => withBusiness(as, (scope) => listAlertQuestions(scope, {}));
const clear = async (): Promise<void> => {
	for (const as of [mavuno, pwani])
		for (const { id } of await alerts(as))
			await withBusiness(as, (scope) => removeAlert(scope, { id }));
};
const at = (time: string): void => runtime.clock.set(new Date(time));
/** A second later each time, since events of one moment have no order. */
function fire(businessIds: string[] | null = null): Promise<number> {
	runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
	return withSystem('test', (scope) => fireAlerts(scope, businessIds));
}
const move = (as: Member, bytes: number, time = runtime.clock.now().toISOString()) =>
	recordEvents(
		[usageEvent(as.businessId, { type: 'sacco.data.transferred', data: { bytes }, time })],
		fixture.sacco
	);
async function told(as: Member): Promise<string[]> {
	const list = await firings(as);
	return list
		.filter(({ removed }) => !removed)
		.map(({ mark, limit, value, period }) => `${mark}% of ${limit}: ${value} from ${period.start}`);
}

describe('alerts of one meter', () => {
	it('are several, each with its own marks, and alike ones are one', async () => {
		const first = await save({ limit: 100, marks: [50] });
		const second = await save({ limit: 200, marks: [50], people: [otieno.personId] });
		expect((await save({ limit: 100, marks: [90] })).id).toBe(first.id);
		expect(await alerts(mavuno)).toMatchObject([
			{ id: first.id, limit: '100', marks: [90], people: null },
			{ id: second.id, limit: '200', marks: [50], people: [otieno.personId] }
		]);
		expect(await alerts(pwani)).toEqual([]);
		await expect(save({ id: second.id, limit: 100 })).rejects.toBeInstanceOf(Conflict);
		await expect(save({ id: second.id, limit: 5 }, pwani)).rejects.toBeInstanceOf(NotFound);
		await move(mavuno, 120);
		expect(await fire()).toBe(2);
		expect((await told(mavuno)).sort()).toEqual([
			'50% of 200: 120 from 2026-11-01',
			'90% of 100: 120 from 2026-11-01'
		]);
		expect(await firings(pwani)).toEqual([]);
		await clear();
		expect((await firings(mavuno)).map(({ removed }) => removed)).toEqual([true, true]);
	});

	it('are for people of the business alone, and told somehow', async () => {
		await expect(save({ people: [pwani.personId] })).rejects.toBeInstanceOf(Invalid);
		await expect(save({ channels: [] })).rejects.toBeInstanceOf(Invalid);
		await expect(save({}, otieno)).rejects.toBeInstanceOf(Forbidden);
	});
});

describe('a limit that is what the plan includes', () => {
	/** A version of SACCO's plan that includes so much, and both businesses moved to it. */
	const include = (includedBytes: bigint) =>
		withSystem('test', async (scope) => {
			await savePlan(scope, {
				product: 'sacco',
				slug: 'growth',
				name: 'Growth',
				amountMinor: 1_000_000n,
				currency: 'KES',
				includedBytes
			});
			// Until they are, what they began with stands.
			const plans = await listPlans(scope, {});
			const plan = plans.find(({ slug }) => slug === 'growth');
			expect(plan?.includedBytes).toBe(includedBytes);
			expect(
				(await listTerms(scope, { businessIds: [mavuno.businessId] }))
					.filter(({ productId }) => productId === fixture.sacco.productId)
					.map((term) => term.includedBytes)
			).not.toContain(includedBytes);
			await scope.db
				.updateTable('billing.subscriptions')
				.set({ plan_version: plan?.version ?? 0 })
				.where('plan_id', '=', plan?.id ?? '')
				.execute();
		});

	it('follows the plan of each business, and its changes', async () => {
		at('2026-11-26T09:00:00Z');
		await expect(save({ limitOf: 'plan', period: 'day' })).rejects.toBeInstanceOf(Invalid);
		await save({ limitOf: 'plan', marks: [50, 100] });
		await save({ limitOf: 'plan', marks: [50, 100] }, pwani);
		await include(1_000n);
		await move(mavuno, 400);
		await move(pwani, 499);
		expect(await fire()).toBe(1);
		expect(await told(mavuno)).toEqual(['50% of 1000: 520 from 2026-11-01']);
		expect(await told(pwani)).toEqual([]);
		await move(pwani, 1);
		expect(await fire([mavuno.businessId])).toBe(0);
		expect(await fire([pwani.businessId])).toBe(1);
		// More is included: 520 of 1,040 fires anew, 500 does not.
		await include(1_040n);
		expect(await fire()).toBe(1);
		expect((await alerts(pwani))[0]).toMatchObject({ limit: '1040', value: '500', fired: [] });
		await clear();
	});

	it('is what was agreed for the meter, before what the plan says of data', async () => {
		await withSystem('test', async (scope) => {
			await defineMeter(scope, {
				product: 'payroll',
				slug: 'payslips',
				name: 'Payslips',
				eventType: 'payroll.payslip',
				aggregation: 'count',
				unit: 'count'
			});
			await savePlan(scope, {
				product: 'payroll',
				slug: 'by-use',
				name: 'By use',
				amountMinor: 0n,
				currency: 'KES'
			});
			await saveUsagePrices(scope, {
				product: 'payroll',
				plan: 'by-use',
				prices: [{ meter: 'payslips', label: 'Payslips', included: '40', unitMinor: '100' }]
			});
			await startSubscription(scope, {
				businessId: pwani.businessId,
				product: 'payroll',
				plan: 'by-use',
				startedOn: '2026-01-31'
			});
		});
		await save({ product: 'payroll', meter: 'payslips', limitOf: 'plan' }, pwani);
		await save({ product: 'erp', meter: 'peak', limitOf: 'plan' });
		expect((await alerts(pwani))[0]).toMatchObject({ limit: '40' });
		// Nothing of it is included: there is no limit to reach.
		expect((await alerts(mavuno))[0]).toMatchObject({ limit: null, fired: [] });
		expect(await fire()).toBe(0);
		await clear();
	});
});

describe('a period', () => {
	it('is a day of the business, whatever day it is in UTC', async () => {
		at('2026-11-27T20:00:00Z');
		await save({ limit: 100, marks: [100], period: 'day' });
		await move(mavuno, 90);
		expect(await fire()).toBe(0);
		// Midnight in Nairobi is 21:00 in UTC.
		at('2026-11-27T21:30:00Z');
		expect((await alerts(mavuno))[0]).toMatchObject({
			value: null,
			period: { start: '2026-11-28', end: '2026-11-29' }
		});
		await move(mavuno, 99);
		// Of yesterday, and late.
		await move(mavuno, 50, '2026-11-27T20:30:00Z');
		expect(await fire()).toBe(0);
		await move(mavuno, 1);
		expect(await fire()).toBe(1);
		expect(await fire()).toBe(0);
		expect(await told(mavuno)).toEqual(['100% of 100: 100 from 2026-11-28']);
		at('2026-11-28T21:30:00Z');
		await move(mavuno, 100);
		expect(await fire()).toBe(1);
		await clear();
	});

	it('is that of the subscription, also at the ends of short months and before it is renewed', async () => {
		const { id } = await save(
			{ product: 'payroll', meter: 'payslips', limit: 10, period: 'subscription' },
			pwani
		);
		const period = async () => (await alerts(pwani)).find((alert) => alert.id === id)?.period;
		// Begun on 31 January, never renewed since.
		at('2026-11-29T12:00:00Z');
		expect(await period()).toEqual({ start: '2026-10-31', end: '2026-11-30' });
		at('2026-11-29T21:30:00Z');
		expect(await period()).toEqual({ start: '2026-11-30', end: '2026-12-31' });
		at('2027-02-27T21:30:00Z');
		expect(await period()).toEqual({ start: '2027-02-28', end: '2027-03-31' });
		at('2026-11-29T12:00:00Z');
		await clear();
	});

	it('that is chosen anew fires anew, though it begins with the same day', async () => {
		at('2026-12-01T09:00:00Z');
		const { id } = await save({ limit: 100, marks: [100] });
		await move(mavuno, 100);
		expect(await fire()).toBe(1);
		await save({ id, limit: 100, marks: [100], period: 'day' });
		expect(await fire()).toBe(1);
		expect(await fire()).toBe(0);
		await clear();
	});
});

describe('who wants to be asked', () => {
	const answer = (
		as: Member,
		id: string,
		what: 'raised' | 'plan' | 'left',
		limit?: string
	): Promise<void> =>
		withBusiness(as, (scope) =>
			answerAlertQuestion(scope, { id, answer: what, ...(limit ? { limit } : {}) })
		);
	let id: string;

	it('is asked at the last mark, once, however many look at the same time', async () => {
		at('2026-12-02T09:00:00Z');
		({ id } = await save({ limit: 200, marks: [75, 90], action: 'ask' }));
		await move(mavuno, 60);
		expect(await fire()).toBe(1);
		expect(await questions(mavuno)).toEqual([]);
		await move(mavuno, 30);
		const counts = await Promise.all(Array.from({ length: 6 }, () => fire()));
		expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
		expect(await questions(mavuno)).toMatchObject([
			{ alertId: id, limit: '200', meter: { slug: 'data' }, product: { slug: 'sacco' } }
		]);
		expect(await questions(pwani)).toEqual([]);
		await expect(questions(otieno)).rejects.toBeInstanceOf(Forbidden);
	});

	it('answers once for the business; who and when is kept', async () => {
		await expect(answer(pwani, id, 'left')).rejects.toBeInstanceOf(NotFound);
		await expect(answer(otieno, id, 'left')).rejects.toBeInstanceOf(Forbidden);
		await expect(answer(halima, id, 'raised', '200 bytes')).rejects.toBeInstanceOf(Invalid);
		const tries = await Promise.allSettled([
			answer(mavuno, id, 'left'),
			answer(halima, id, 'left')
		]);
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		await expect(answer(mavuno, id, 'plan')).rejects.toBeInstanceOf(Conflict);
		expect(await questions(mavuno)).toEqual([]);
		expect((await firings(mavuno))[0]).toMatchObject({
			mark: 90,
			answer: { what: 'left', at: runtime.clock.now() }
		});
	});

	it('is asked anew for a limit that was raised and reached again', async () => {
		await save({ id, limit: 210, marks: [75, 90], action: 'ask' });
		await move(mavuno, 10);
		expect(await fire()).toBe(1);
		expect(await questions(halima)).toMatchObject([{ limit: '210' }]);
		await answer(halima, id, 'raised', '1 kB');
		expect(await alerts(mavuno)).toMatchObject([{ id, limitOf: 'number', limit: '1000' }]);
		expect(await questions(mavuno)).toEqual([]);
		expect((await firings(mavuno))[0]?.answer).toMatchObject({
			what: 'raised',
			by: halima.personId
		});
		expect(await fire()).toBe(0);
	});

	it('is no longer asked when the period is over', async () => {
		await move(mavuno, 800);
		await fire();
		expect(await questions(mavuno)).toHaveLength(1);
		at('2026-12-31T21:00:01Z');
		expect(await questions(mavuno)).toEqual([]);
	});
});

describe('what was told', () => {
	it('is read page by page, newest first, with nothing twice and nothing left out', async () => {
		const all = await firings(mavuno);
		expect(all.length).toBeGreaterThan(3);
		const seen: typeof all = [];
		let before: string | undefined;
		do {
			const page = await withBusiness(mavuno, (scope) =>
				listFirings(scope, { limit: 2, ...(before === undefined ? {} : { before }) })
			);
			expect(page.firings.length).toBeLessThanOrEqual(2);
			seen.push(...page.firings);
			before = page.next ?? undefined;
		} while (before !== undefined);
		expect(seen).toEqual(all);
		const theirs = await firings(pwani);
		expect(theirs.some(({ alertId }) => all.some((one) => one.alertId === alertId))).toBe(false);
	});
});
