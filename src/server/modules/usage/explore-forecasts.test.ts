import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSubscription } from '#server/modules/billing/index.ts';
import { createApiKey, readApiKey } from '#server/modules/catalogue/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { defineMeter, exploreUsage, recordEvents, type Explored } from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

/** 12:00 on 25 November 2026 in Nairobi. Both businesses have Payroll: Mavuno from the 20th, Pwani from the 1st. */
beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani } = fixture;
	const payroll = await withSystem('test', async (scope) => {
		for (const [businessId, startedOn] of [
			[mavuno.businessId, '2026-11-20'],
			[pwani.businessId, '2026-11-01']
		] as const)
			await startSubscription(scope, { businessId, product: 'payroll', plan: 'staff', startedOn });
		await defineMeter(scope, {
			product: 'payroll',
			slug: 'slips',
			name: 'Payslips',
			eventType: 'payroll.slip',
			aggregation: 'count',
			unit: 'count'
		});
		const { token } = await createApiKey(scope, { product: 'payroll' });
		return readApiKey(scope, { token });
	});
	if (!payroll) throw new Error('The key was not made.');
	const slip = (businessId: string, id: string, time: string) =>
		usageEvent(businessId, { id, type: 'payroll.slip', time });
	await recordEvents(
		[mavuno, pwani].flatMap(({ businessId }) => [
			slip(businessId, `${businessId}-before`, '2026-11-19T08:00:00Z'),
			slip(businessId, `${businessId}-in`, '2026-11-20T08:00:00Z'),
			slip(businessId, `${businessId}-today`, '2026-11-25T08:00:00Z')
		]),
		payroll
	);
});
afterAll(() => runtime.stop());

async function slips(who: Member, from = '2026-10-31T21:00:00Z'): Promise<Explored | undefined> {
	const { meters } = await withBusiness(who, (scope) =>
		exploreUsage(scope, {
			from: new Date(from),
			to: new Date('2026-11-25T09:00:00Z'),
			products: ['payroll'],
			meters: ['slips']
		})
	);
	return meters[0];
}

describe('what is expected', () => {
	it('is told for the end of the subscription’s period, of what was counted in it', async () => {
		const found = await slips(fixture.mavuno);
		expect(found?.forecast).toMatchObject({ day: '2026-11-30', method: 'rate' });
		expect(found?.periodForecast).toMatchObject({
			from: '2026-11-20',
			day: '2026-12-19',
			total: 2,
			method: 'rate'
		});
		// Five and a half of thirty days have gone by.
		expect(found?.periodForecast?.value).toBeCloseTo((2 / 5.5) * 30);
	});

	it('is told once where the period is the month, and not for other spans', async () => {
		expect(await slips(fixture.pwani)).toMatchObject({ total: '3', periodForecast: null });
		expect(await slips(fixture.mavuno, '2026-11-19T21:00:00Z')).toMatchObject({
			total: '2',
			forecast: null,
			periodForecast: null
		});
	});
});
