import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { changeBusiness } from '../businesses/index.ts';
import { recordEvents } from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let fixture: Metered;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	jobs = await startJobs({ pollingSeconds: 0.5 });
}, 60_000);
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

/** The days of totals, of slices and of different values. */
const daysOf = (businessId: string) =>
	withSystem('test', async ({ db }) => {
		const [days, daySlices, uniqueDays] = await Promise.all(
			(['usage.days', 'usage.day_slices', 'usage.unique_days'] as const).map((table) =>
				db
					.selectFrom(table)
					.select('day')
					.distinct()
					.where('business_id', '=', businessId)
					.orderBy('day')
					.execute()
			)
		);
		return [days, daySlices, uniqueDays].map((rows) => rows?.map(({ day }) => day));
	});

it('a business that changes its zone has its days added up in the new one, and the other keeps its own', async () => {
	const { mavuno, pwani, erp, sacco } = fixture;
	// Half past one in the night of the 24th in Nairobi is still the evening of the 23rd in London.
	const time = '2026-11-23T22:30:00Z';
	await recordEvents([usageEvent(mavuno.businessId, { time })], erp);
	await recordEvents(
		[usageEvent(pwani.businessId, { time, type: 'sacco.data.transferred' })],
		sacco
	);
	const [before, after] = ['2026-11-24', '2026-11-23'];
	expect(await daysOf(mavuno.businessId)).toEqual([[before], [before], [before]]);

	await withBusiness(mavuno, (scope) =>
		changeBusiness(scope, { name: 'Mavuno Traders Ltd', timeZone: 'Europe/London' })
	);
	await jobs.settle();
	expect(await daysOf(mavuno.businessId)).toEqual([[after], [after], [after]]);
	expect(await daysOf(pwani.businessId)).toEqual([[before], [], []]);
});
