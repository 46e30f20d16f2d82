import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import type * as v from 'valibot';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	changeMeter,
	closePeriod,
	defineMeter,
	exploreUsage,
	fireAlerts,
	listAdjustments,
	listFirings,
	readQuantities,
	readSeries,
	recordEvents,
	saveAlert,
	type ExploreUsage,
	type Explored
} from './index.ts';
import { sweepLevels } from './levels.ts';

let runtime: TestRuntime;
let fixture: Metered;

const now = '2026-11-25T09:00:00Z';

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'erp',
			slug: 'stored',
			name: 'Stored',
			eventType: 'erp.stored',
			aggregation: 'weighted',
			valueProperty: 'gb',
			unit: 'count',
			dimensions: ['branch']
		})
	);
	// Midnight in Nairobi is 21:00 UTC. Nakuru holds 10 from the 20th, 4 from noon on the 22nd; Eldoret 1 from
	// 18:00 on the 21st; both until now.
	for (const [time, gb, branch] of [
		['2026-11-22T09:00:00Z', 4, 'Nakuru'],
		['2026-11-19T21:00:00Z', 10, 'Nakuru'],
		['2026-11-21T15:00:00Z', 1, 'Eldoret']
	] as const) {
		runtime.clock.set(new Date(now));
		await recordEvents(
			[usageEvent(fixture.mavuno.businessId, { type: 'erp.stored', time, data: { gb, branch } })],
			fixture.erp
		);
	}
});
afterAll(() => runtime.stop());

async function explore(
	more: Partial<v.InferInput<typeof ExploreUsage>> = {},
	as = fixture.mavuno
): Promise<Explored> {
	runtime.clock.set(new Date(now));
	const { meters } = await withBusiness(as, (scope) =>
		exploreUsage(scope, {
			from: new Date('2026-11-18T21:00:00Z'),
			to: new Date('2026-11-25T21:00:00Z'),
			meters: ['stored'],
			...more
		})
	);
	const [found] = meters;
	if (!found) throw new Error('The meter is missing.');
	return found;
}

const nakuru = [null, '240', '240', '168', '96', '96', '48'];
const eldoret = [null, null, '6', '24', '24', '24', '12'];

describe('levels over time, told step by step', () => {
	it('count for each day that they held, readings or not; before the first there is a gap', async () => {
		const { total, points, peak, average } = await explore();
		expect(points).toEqual([null, '240', '246', '192', '120', '120', '60']);
		expect(total).toBe('978');
		expect(peak).toMatchObject({ step: { key: '2026-11-21' }, value: '246' });
		// Since the 20th: five days and a half.
		expect(average).toBeCloseTo(978 / 132);
	});

	it('are the same hour by hour', async () => {
		const { total, points } = await explore({ granularity: 'hour' });
		expect(total).toBe('978');
		expect(points.filter((point) => point !== null)).toHaveLength(132);
		expect(points.reduce((sum, point) => sum + Number(point ?? 0), 0)).toBe(978);
	});

	it('are told apart by dimension, and narrowed down', async () => {
		const { groups } = await explore({ by: 'branch' });
		expect(groups.map(({ value, total, points }) => [value, total, points])).toEqual([
			['Nakuru', '888', nakuru],
			['Eldoret', '90', eldoret]
		]);
		const one = await explore({ where: { branch: ['Eldoret'] } });
		expect([one.total, one.points]).toEqual(['90', eldoret]);
		expect((await explore({ where: { branch: ['Voi'] } })).total).toBeNull();
	});

	it('stay as they are until the end of the month, for all that is known', async () => {
		const { forecast } = await explore({
			from: new Date('2026-10-31T21:00:00Z'),
			to: new Date('2026-11-30T21:00:00Z')
		});
		// Five units, from noon on the 25th.
		expect(forecast).toEqual({ value: 978 + 5 * 132, method: 'stays', day: '2026-11-30' });
	});

	it('are the same in a series, and of no other business', async () => {
		const series = await withBusiness(fixture.mavuno, (scope) =>
			readSeries(scope, {
				of: { meter: 'stored' },
				from: new Date('2026-11-18T21:00:00Z'),
				to: new Date('2026-11-25T21:00:00Z'),
				bucket: 'day'
			})
		);
		expect(series.map(({ value }) => value)).toEqual([null, 240, 246, 192, 120, 120, 60]);
		expect((await explore({}, fixture.pwani)).total).toBeNull();
	});
});

describe('levels over time, as they are billed', () => {
	it('have a quantity of a period, and an adjustment where one comes late', async () => {
		const { businessId } = fixture.mavuno;
		const productId = fixture.erp.productId;
		const period = { start: '2026-11-20', end: '2026-11-23' };
		runtime.clock.set(new Date(now));
		const [quantity] = await withBusiness(fixture.mavuno, (scope) =>
			readQuantities(scope, { meters: [{ productId, meter: 'stored', period }] })
		);
		expect(quantity?.quantity).toBe('678');
		await withSystem('test', (scope) => closePeriod(scope, { businessId, productId, ...period }));
		const adjustments = async () =>
			(await withBusiness(fixture.mavuno, (scope) => listAdjustments(scope, {}))).filter(
				({ meter }) => meter === 'stored'
			);
		expect(await adjustments()).toEqual([]);
		await recordEvents(
			[
				usageEvent(businessId, {
					type: 'erp.stored',
					time: '2026-11-22T15:00:00Z',
					data: { gb: 3, branch: 'Voi' }
				})
			],
			fixture.erp
		);
		// Six hours of the period.
		expect(await adjustments()).toMatchObject([{ closed: '678', now: '696', difference: '18' }]);
	});

	it('reach a limit by time alone', async () => {
		const look = (at: string) => {
			runtime.clock.set(new Date(at));
			return withSystem('test', (scope) => fireAlerts(scope, null));
		};
		const fired = async () =>
			(await withBusiness(fixture.mavuno, (scope) => listFirings(scope, {}))).firings;
		runtime.clock.set(new Date(now));
		await withBusiness(fixture.mavuno, (scope) =>
			saveAlert(scope, { product: 'erp', meter: 'stored', limit: 100, period: 'day', marks: [100] })
		);
		// Eight units since midnight: 96 by noon, 100 half an hour later.
		await look('2026-11-25T09:29:00Z');
		expect(await fired()).toEqual([]);
		await look('2026-11-25T09:30:00Z');
		expect(await fired()).toHaveLength(1);
	});
});

it('a level ends where its meter begins to count otherwise, and goes on where it counts alike', async () => {
	const { businessId } = fixture.mavuno;
	const define = (slug: string) =>
		withSystem('test', (scope) =>
			defineMeter(scope, {
				product: 'erp',
				slug,
				name: slug,
				eventType: `erp.${slug}`,
				aggregation: 'weighted',
				valueProperty: 'gb',
				unit: 'count'
			})
		);
	runtime.clock.set(new Date('2026-11-25T07:30:00Z'));
	await define('otherwise');
	await define('alike');
	for (const slug of ['otherwise', 'alike'])
		await recordEvents(
			[
				usageEvent(businessId, {
					type: `erp.${slug}`,
					time: '2026-11-25T06:00:00Z',
					data: { gb: 2, seats: 7 }
				})
			],
			fixture.erp
		);
	// Both in force from 08:00; this process knows of them within two seconds.
	await withSystem('test', async (scope) => {
		await changeMeter(scope, { product: 'erp', slug: 'otherwise', valueProperty: 'seats' });
		await changeMeter(scope, { product: 'erp', slug: 'alike', unit: 'bytes' });
	});
	await new Promise((resolve) => setTimeout(resolve, 2_100));
	const totals = async () => {
		const found = [];
		for (const slug of ['otherwise', 'alike'])
			found.push((await explore({ meters: [slug] })).total);
		return found;
	};
	expect(await totals()).toEqual(['4', '6']);
	await recordEvents(
		[
			usageEvent(businessId, {
				type: 'erp.otherwise',
				time: '2026-11-25T08:30:00Z',
				data: { seats: 7 }
			})
		],
		fixture.erp
	);
	expect(await totals()).toEqual(['7.5', '6']);
	const { otherwiseUntil } = await explore({ meters: ['otherwise'] });
	expect(otherwiseUntil).toEqual(new Date('2026-11-25T08:00:00Z'));
	const since = { from: new Date('2026-11-25T08:00:00Z') };
	expect((await explore({ meters: ['otherwise'], ...since })).otherwiseUntil).toBeNull();
	expect((await explore()).otherwiseUntil).toBeNull();
});

it('say on every list that they are in units times hours', async () => {
	const { firings } = await withBusiness(fixture.mavuno, (scope) => listFirings(scope, {}));
	const [firing] = firings;
	expect(firing?.meter.unit).toBe('count-hours');
	const adjustments = await withBusiness(fixture.mavuno, (scope) => listAdjustments(scope, {}));
	expect(adjustments.find(({ meter }) => meter === 'stored')?.unit).toBe('count-hours');
});

it('readings are swept once their hours can change no more, and no figure changes', async () => {
	const before = await explore();
	const count = () =>
		withSystem('test', async ({ db }) => {
			const { rows } = await sql<{ count: string }>`select count(*) from usage.levels`.execute(db);
			return Number(rows[0]?.count);
		});
	const all = await count();
	runtime.clock.set(new Date('2026-12-27T20:59:00Z'));
	await withSystem('test', (scope) => sweepLevels(scope));
	// 38 days before, but not the hour that had only begun.
	expect(await count()).toBe(all);
	runtime.clock.set(new Date('2026-12-27T22:00:00Z'));
	await withSystem('test', (scope) => sweepLevels(scope));
	expect(await count()).toBe(all - 1);
	runtime.clock.set(new Date('2027-02-01T00:00:00Z'));
	await withSystem('test', (scope) => sweepLevels(scope));
	expect(await count()).toBe(0);
	expect(await explore()).toEqual(before);
});
