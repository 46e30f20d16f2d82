import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, Invalid } from '#server/platform/errors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { saveUsagePrices, startSubscription } from '../billing/index.ts';
import { createApiKey, readApiKey, saveProduct, type ApiKey } from '../catalogue/index.ts';
import {
	defineMeter,
	fireSpendLimits,
	liftSuspension,
	listAlerts,
	listSpendLimits,
	listSuspensions,
	recordEvents,
	removeSpendLimit,
	saveSpendLimit
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;
let mavuno: Member;
let pwani: Member;
let key: ApiKey;
let runs = 0;

// KES 100 a payroll run beyond ten of a period, which is that from the 5th to the 5th.
beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-25T09:00:00Z'));
	fixture = await createMetered();
	({ mavuno, pwani } = fixture);
	await withSystem('test', async (scope) => {
		await defineMeter(scope, {
			product: 'payroll',
			slug: 'runs',
			name: 'Payroll runs',
			eventType: 'payroll.run',
			aggregation: 'count',
			unit: 'count'
		});
		await saveUsagePrices(scope, {
			product: 'payroll',
			plan: 'staff',
			prices: [{ meter: 'runs', label: 'Payroll runs', included: '10', unitMinor: '10000' }]
		});
		for (const { businessId } of [mavuno, pwani])
			await startSubscription(scope, {
				businessId,
				product: 'payroll',
				plan: 'staff',
				startedOn: '2026-11-05'
			});
		const { token } = await createApiKey(scope, { product: 'payroll' });
		const found = await readApiKey(scope, { token });
		if (!found) throw new Error('The key was not made.');
		key = found;
	});
});
afterAll(() => runtime.stop());

const run = (count: number, time: string, businessId = mavuno.businessId) =>
	recordEvents(
		Array.from({ length: count }, () =>
			usageEvent(businessId, {
				id: `run ${(runs += 1)}`,
				type: 'payroll.run',
				data: {},
				time
			})
		),
		key
	);
const fire = () => withSystem('test', (scope) => fireSpendLimits(scope, null));
const limits = (member = mavuno) => withBusiness(member, (scope) => listSpendLimits(scope, {}));
const suspended = (member = mavuno) => withBusiness(member, (scope) => listSuspensions(scope, {}));
const save = (input: Parameters<typeof saveSpendLimit>[1], member = mavuno) =>
	withBusiness(member, (scope) => saveSpendLimit(scope, input));

describe('a limit of spending', () => {
	it('counts what use costs beyond what is included, and tells each mark once', async () => {
		await run(14, '2026-11-24T09:00:00Z');
		await run(30, '2026-11-24T09:00:00Z', pwani.businessId);
		await save({ product: 'payroll', limit: '800', period: 'subscription', marks: [50, 75] });
		expect(await limits()).toMatchObject([
			{
				product: { slug: 'payroll' },
				amountMinor: 80_000n,
				marks: [50, 75, 100],
				standing: { start: '2026-11-05', end: '2026-12-05', spentMinor: 40_000n },
				suspends: false
			}
		]);
		expect(await limits(pwani)).toEqual([]);
		expect(await fire()).toBe(1);
		expect(await fire()).toBe(0);
		await run(1, '2026-11-24T10:00:00Z');
		expect(await fire()).toBe(0);
		await run(2, '2026-11-24T11:00:00Z');
		expect(await fire()).toBe(1);
		// Limits of meters stay among themselves.
		expect(await withBusiness(mavuno, (scope) => listAlerts(scope, {}))).toEqual([]);
	});

	it('is one for a product and a period: saved again, it changes', async () => {
		await save({ product: 'payroll', limit: '900', period: 'subscription', marks: [90] });
		expect(await limits()).toMatchObject([{ amountMinor: 90_000n, marks: [90, 100] }]);
	});

	it('stops the product as a cap, where the vendor lets it, until it is raised or lifted', async () => {
		const cap = { product: 'payroll', period: 'subscription', action: 'suspend' } as const;
		await expect(save({ ...cap, limit: '900' })).rejects.toBeInstanceOf(Invalid);
		await withSystem('test', (scope) =>
			saveProduct(scope, { slug: 'payroll', usageSuspension: 'read_only' })
		);
		await save({ ...cap, limit: '900' });
		await fire();
		expect(await suspended()).toEqual([]);
		await run(2, '2026-11-24T12:00:00Z');
		await fire();
		expect(await suspended()).toMatchObject([
			{
				mode: 'read_only',
				meter: { slug: 'spending', name: 'Spending', unit: 'money' },
				limit: '90000',
				value: '90000',
				until: new Date('2026-12-04T21:00:00Z')
			}
		]);
		expect(await suspended(pwani)).toEqual([]);
		expect(await limits()).toMatchObject([{ suspends: true }]);
		await save({ ...cap, limit: '1,000' });
		expect(await suspended()).toEqual([]);

		await run(1, '2026-11-24T13:00:00Z');
		await fire();
		const [stopped] = await suspended();
		await withBusiness(mavuno, (scope) =>
			liftSuspension(scope, { productId: stopped?.productId ?? '' })
		);
		await fire();
		expect(await suspended()).toEqual([]);
	});

	it('of all products counts by the month, and only what the month has added', async () => {
		await save({ limit: '5000', period: 'month' });
		expect(await limits()).toMatchObject([
			{ product: null, standing: { start: '2026-11-01', end: '2026-12-01', spentMinor: 100_000n } },
			{ product: { slug: 'payroll' } }
		]);
		runtime.clock.set(new Date('2026-12-03T09:00:00Z'));
		expect(await limits()).toMatchObject([
			{ standing: { start: '2026-12-01', end: '2027-01-01', spentMinor: 0n } },
			{ standing: { start: '2026-11-05', spentMinor: 100_000n } }
		]);
		await run(3, '2026-12-02T09:00:00Z');
		expect(await limits()).toMatchObject([
			{ standing: { spentMinor: 30_000n } },
			{ standing: { spentMinor: 130_000n } }
		]);
	});

	it('opens what it has stopped when it is taken away', async () => {
		await save({
			product: 'payroll',
			limit: 'KES 1,300',
			period: 'subscription',
			action: 'suspend'
		});
		await fire();
		expect(await suspended()).toHaveLength(1);
		for (const { id } of await limits())
			await withBusiness(mavuno, (scope) => removeSpendLimit(scope, { id }));
		expect(await suspended()).toEqual([]);
		expect(await limits()).toEqual([]);
	});

	it('is for those who lead, of products that they have, in amounts of money', async () => {
		const clerk = await createMember(mavuno.businessId, 'Clerk', 'clerk@mavuno.example', 'billing');
		await expect(save({ limit: '100' }, clerk)).rejects.toBeInstanceOf(Forbidden);
		await expect(save({ product: 'erp', limit: '100' }, pwani)).rejects.toBeInstanceOf(Conflict);
		await expect(save({ limit: 'much' })).rejects.toBeInstanceOf(Invalid);
		await expect(save({ limit: '100', period: 'subscription' })).rejects.toMatchObject({
			issues: [{ path: 'period' }]
		});
	});
});
