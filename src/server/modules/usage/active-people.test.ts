import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { listActivePeople, recordEvents } from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

/** 12:00 on 25 November 2026 in Nairobi. */
beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, erp } = fixture;
	const by = (user: string, time: string) =>
		usageEvent(mavuno.businessId, { time, data: { bytes: 1, user } });
	await recordEvents([by('otieno', '2026-11-02T08:00:00Z')], erp, {
		at: new Date('2026-11-02T09:00:00Z')
	});
	await recordEvents([by('naliaka', '2026-11-24T08:00:00Z')], erp);
});
afterAll(() => runtime.stop());

it('names who used a product in a span, and nobody of another business', async () => {
	const { mavuno, pwani, erp, sacco } = fixture;
	const read = (who: typeof mavuno, from: string) =>
		withBusiness(who, (scope) =>
			listActivePeople(scope, { from: new Date(from), to: new Date('2026-11-25T09:00:00Z') })
		);
	const month = await read(mavuno, '2026-10-31T21:00:00Z');
	expect([...(month.get(erp.productId) ?? [])].sort()).toEqual(['naliaka', 'otieno']);
	expect(month.has(sacco.productId)).toBe(false);
	const week = await read(mavuno, '2026-11-18T21:00:00Z');
	expect([...(week.get(erp.productId) ?? [])]).toEqual(['naliaka']);
	expect((await read(pwani, '2026-10-31T21:00:00Z')).get(erp.productId)?.size).toBe(0);
});
