import { beforeAll, afterAll, beforeEach, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	changeMeter,
	closePeriod,
	closePeriods,
	listAdjustments,
	readUsage,
	recordEvents,
	recountPeriods,
	refoldDays
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
});
afterAll(() => runtime.stop());
beforeEach(() => {
	runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
});

const october = { start: '2026-10-01', end: '2026-11-01' };

const close = (period: { start: string; end: string }, product = fixture.erp) =>
	withSystem('test', (scope) =>
		closePeriod(scope, {
			businessId: fixture.mavuno.businessId,
			productId: product.productId,
			...period
		})
	);

const adjustments = (
	more: { productId?: string; endedAfter?: string } = {},
	member = fixture.mavuno
) => withBusiness(member, (scope) => listAdjustments(scope, more));

const transfer = (time: string, bytes: unknown, user = 'otieno') =>
	recordEvents(
		[usageEvent(fixture.mavuno.businessId, { time, data: { bytes, user, branch: 'Nakuru' } })],
		fixture.erp
	);

it('what comes late for a closed period is counted, and shows as an adjustment', async () => {
	const { mavuno, pwani, erp } = fixture;
	// The last hour of October in Nairobi, and the first of November.
	await transfer('2026-10-31T20:30:00Z', '100.25');
	await transfer('2026-10-31T21:00:00Z', 7);
	expect(await close(october)).toEqual({ kept: 5 });
	expect(await adjustments()).toEqual([]);

	await transfer('2026-10-31T20:45:00Z', '0.50', 'njeri');
	await transfer('2026-10-31T21:45:00Z', 7, 'njeri');
	const level = (time: string, value: number) =>
		recordEvents(
			[usageEvent(mavuno.businessId, { type: 'erp.level', time, data: { value } })],
			erp
		);
	await level('2026-10-30T08:00:00Z', 12);
	await level('2026-11-02T08:00:00Z', 13);
	const shown = await adjustments();
	expect(shown).toMatchObject([
		{ meter: 'active-users', closed: '1', now: '2', difference: '1' },
		{ meter: 'data', closed: '100.25', now: '100.75', difference: '0.5' },
		{ meter: 'members', closed: '0', now: '12', difference: '12' }
	]);
	expect(shown[1]).toMatchObject({
		productId: erp.productId,
		name: 'Data',
		unit: 'bytes',
		...october,
		closedAt: new Date('2026-11-25T09:00:00Z')
	});
	const { total } = await withBusiness(mavuno, (scope) =>
		readUsage(scope, {
			meter: { productId: erp.productId, meter: 'data' },
			from: new Date('2026-09-30T21:00:00Z'),
			to: new Date('2026-10-31T21:00:00Z')
		})
	);
	expect(total).toBe('100.75');

	// Closing again changes nothing of what was closed.
	expect(await close(october)).toEqual({ kept: 0 });
	expect(await adjustments()).toEqual(shown);
	expect(await adjustments({ endedAfter: '2026-11-01' })).toEqual([]);
	expect(await adjustments({ productId: fixture.sacco.productId })).toEqual([]);
	expect(await adjustments({}, pwani)).toEqual([]);
	const told = await withSystem('test', (scope) =>
		listAdjustments(scope, { businessId: mavuno.businessId })
	);
	expect(told).toEqual(shown);
});

it('a business that moves to another zone, and a meter that changes, adjust nothing', async () => {
	const { businessId } = fixture.mavuno;
	const before = await adjustments();
	await withSystem('test', (scope) => refoldDays(scope, { businessId, timeZone: 'Europe/London' }));
	expect(await adjustments()).toEqual(before);
	await withSystem('test', (scope) =>
		refoldDays(scope, { businessId, timeZone: 'Africa/Nairobi' })
	);
	await withSystem('test', (scope) =>
		changeMeter(scope, { product: 'erp', slug: 'data', aggregation: 'max' })
	);
	expect(await adjustments()).toEqual(before);
	// Closed now, October is still what it was counted as.
	const week = { start: '2026-10-25', end: '2026-11-01' };
	expect(await close(week)).toEqual({ kept: 5 });
	await transfer('2026-10-31T20:50:00Z', '2', 'njeri');
	expect(await adjustments()).toContainEqual(
		expect.objectContaining({ ...week, meter: 'data', closed: '100.75', now: '102.75' })
	);
});

it('a period is closed when it is over in the zone of the business', async () => {
	const november = { start: '2026-11-01', end: '2026-12-01' };
	runtime.clock.set(new Date('2026-11-30T20:59:59Z'));
	await expect(close(november)).rejects.toMatchObject({ code: 'period_not_over' });
	runtime.clock.set(new Date('2026-11-30T21:00:00Z'));
	expect(await close(november, fixture.sacco)).toEqual({ kept: 1 });
	await expect(
		withBusiness(fixture.mavuno, (scope) =>
			closePeriod(scope, {
				businessId: fixture.pwani.businessId,
				productId: fixture.sacco.productId,
				...october
			})
		)
	).rejects.toMatchObject({ code: 'forbidden' });
});

it('many are closed at once, and counted again as they are by now', async () => {
	const { mavuno, pwani, erp, sacco } = fixture;
	runtime.clock.set(new Date('2026-12-02T09:00:00Z'));
	const december = { start: '2026-12-01', end: '2026-12-02' };
	const of = (businessId: string, { productId }: { productId: string }, meter: string) => ({
		businessId,
		productId,
		meter,
		...december
	});
	const sent = (id: string, bytes: string) =>
		recordEvents(
			[
				usageEvent(mavuno.businessId, {
					id,
					time: '2026-12-01T09:00:00Z',
					data: { bytes, user: 'a' }
				})
			],
			erp
		);
	await sent('early', '7.5');
	const asked = [
		of(mavuno.businessId, erp, 'data'),
		of(mavuno.businessId, erp, 'active-users'),
		of(pwani.businessId, sacco, 'data'),
		of(pwani.businessId, sacco, 'no-such-meter')
	];
	const closed = await withSystem('test', (scope) =>
		closePeriods(scope, { periods: asked, events: true })
	);
	const told = (rows: typeof closed) =>
		rows.map(({ businessId, meter, quantity, events }) => [businessId, meter, quantity, events]);
	expect(told(closed)).toEqual(
		expect.arrayContaining([
			[mavuno.businessId, 'data', '7.5', '1'],
			[mavuno.businessId, 'active-users', '1', '1'],
			[pwani.businessId, 'data', '0', '0']
		])
	);
	expect(closed).toHaveLength(3);

	// The greatest, as the meter counts by now.
	await sent('late', '8');
	const again = await withSystem('test', (scope) => closePeriods(scope, { periods: asked }));
	expect(told(again)).toContainEqual([mavuno.businessId, 'data', '7.5', null]);
	const now = await withSystem('test', (scope) =>
		recountPeriods(scope, { periods: asked, events: true })
	);
	expect(told(now)).toContainEqual([mavuno.businessId, 'data', '8', '2']);
	expect(await adjustments({ endedAfter: '2026-12-01' })).toMatchObject([
		{ meter: 'data', closed: '7.5', now: '8' }
	]);
});
