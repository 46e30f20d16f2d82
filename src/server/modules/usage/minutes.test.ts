import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { withBusiness, withSystem } from '../../platform/doors.ts';
import { recordEvents } from './events.ts';
import { readMinutes, sweepMinutes } from './minutes.ts';
import { readSeries } from './series.ts';

let runtime: TestRuntime;
let metered: Metered;
const erpOf = { meter: 'data' };

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-25T09:00:00Z'));
	metered = await createMetered();
});
afterAll(() => runtime.stop());

const at = (time: string): Date => new Date(`2026-11-25T${time}:00Z`);

async function minutes(
	business: 'mavuno' | 'pwani',
	meter: string,
	from: string,
	to: string
): Promise<(number | null)[]> {
	const points = await withBusiness(metered[business], (scope) =>
		readMinutes(scope, {
			meter:
				meter === 'data'
					? {
							productId: business === 'mavuno' ? metered.erp.productId : metered.sacco.productId,
							...erpOf
						}
					: meter,
			from: at(from),
			to: at(to)
		})
	);
	return points.map(({ value }) => value);
}

describe('the last hour by minute', () => {
	beforeAll(async () => {
		const { businessId } = metered.mavuno;
		const data = (time: string, bytes: number) =>
			usageEvent(businessId, {
				time: `2026-11-25T${time}Z`,
				data: { bytes, user: 'a', branch: 'b' }
			});
		const again = data('08:31:59.999', 5);
		await recordEvents([data('08:30:00', 100), data('08:30:59.999', 20), again], metered.erp);
		// Repetitions count here as little as anywhere.
		await recordEvents([again, data('08:31:10', 7)], metered.erp);
		await recordEvents(
			[
				usageEvent(businessId, {
					type: 'erp.level',
					time: '2026-11-25T08:30:40Z',
					data: { value: 9 }
				}),
				usageEvent(businessId, {
					type: 'erp.level',
					time: '2026-11-25T08:30:10Z',
					data: { value: 50 }
				}),
				usageEvent(businessId, {
					type: 'erp.load',
					time: '2026-11-25T08:30:10Z',
					data: { value: 3 }
				}),
				usageEvent(businessId, {
					type: 'erp.load',
					time: '2026-11-25T08:30:40Z',
					data: { value: 2 }
				}),
				usageEvent(businessId, { type: 'erp.record.saved', time: '2026-11-25T08:30:40Z' })
			],
			metered.erp
		);
		await recordEvents(
			[
				usageEvent(metered.pwani.businessId, {
					type: 'sacco.data.transferred',
					time: '2026-11-25T08:30:40Z',
					data: { bytes: 1_000 }
				})
			],
			metered.sacco
		);
	});

	it('adds up by the meter’s aggregation, with gaps', async () => {
		expect(await minutes('mavuno', 'data', '08:29', '08:33')).toEqual([null, 120, 12, null]);
		expect(await minutes('mavuno', 'members', '08:30', '08:31')).toEqual([9]);
		expect(await minutes('mavuno', 'peak', '08:30', '08:31')).toEqual([3]);
		expect(await minutes('mavuno', 'records', '08:30', '08:31')).toEqual([1]);
	});

	it('shows each business its own alone', async () => {
		expect(await minutes('pwani', 'data', '08:29', '08:32')).toEqual([null, 1_000, null]);
	});

	it('comes to what the hour came to', async () => {
		const [hour] = await withBusiness(metered.mavuno, (scope) =>
			readSeries(scope, {
				of: { meter: { productId: metered.erp.productId, meter: 'data' } },
				from: at('08:00'),
				to: at('09:00'),
				bucket: 'hour'
			})
		);
		const sum = (await minutes('mavuno', 'data', '08:00', '09:00')).reduce<number>(
			(total, value) => total + (value ?? 0),
			0
		);
		expect(sum).toBe(hour?.value);
	});

	it('keeps nothing of what is older than two hours, and sweeps', async () => {
		await recordEvents(
			[usageEvent(metered.mavuno.businessId, { time: '2026-11-25T06:58:00Z' })],
			metered.erp
		);
		expect(await minutes('mavuno', 'data', '06:57', '06:59')).toEqual([null, null]);
		runtime.clock.set(at('10:31'));
		await withSystem('test', (scope) => sweepMinutes(scope));
		expect(await minutes('mavuno', 'data', '08:30', '08:32')).toEqual([null, 12]);
		runtime.clock.set(at('09:00'));
	});

	it('refuses meters of different values, and more than two hours', async () => {
		await expect(minutes('mavuno', 'active-users', '08:30', '08:31')).rejects.toMatchObject({
			code: 'not_by_minute'
		});
		await expect(minutes('mavuno', 'data', '06:00', '09:00')).rejects.toMatchObject({
			status: 400
		});
	});
});
