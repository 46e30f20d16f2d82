import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	defineMeter,
	listUsage,
	readBytes,
	readHomeFigures,
	readLatest,
	readQuantities,
	readSeries,
	readUnique,
	readUsage,
	recordEvents,
	type Aggregation
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
});
afterAll(() => runtime.stop());

let cases = 0;

/** A meter and a type of event of its own for each case, so that cases don't meet. */
async function meterFor(aggregation: Aggregation): Promise<{ meter: string; type: string }> {
	cases += 1;
	const meter = `case-${cases}`;
	const type = `erp.${meter}`;
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'erp',
			slug: meter,
			name: meter,
			eventType: type,
			aggregation,
			...(aggregation === 'count' ? {} : { valueProperty: 'value' }),
			unit: 'count'
		})
	);
	return { meter, type };
}

interface Reading {
	id?: string;
	time: string;
	value?: unknown;
}

async function record(type: string, readings: Reading[], at: string): Promise<void> {
	for (const { id, time, value } of readings) {
		const event = usageEvent(fixture.mavuno.businessId, {
			type,
			time,
			source: type,
			data: { value },
			...(id === undefined ? {} : { id })
		});
		await recordEvents([event], fixture.erp, { at: new Date(at) });
	}
}

async function totalOf(meter: string, from: string, to: string): Promise<string | null> {
	const { total } = await withBusiness(fixture.mavuno, (scope) =>
		readUsage(scope, { meter, from: new Date(from), to: new Date(to) })
	);
	return total;
}

// Periods of the sources that name their last instant are told half-open here.
const march = {
	from: '2023-03-15T00:00:00Z',
	to: '2023-04-01T00:00:00Z',
	at: '2023-04-01T00:00:00Z'
};
const fiveDays = [1, 2, 3, 4, 5].map((value) => ({
	id: `tx-${value}`,
	time: `2023-03-${15 + value}T00:00:00Z`,
	value: String(value)
}));
const dayBefore = { id: 'tx-0', time: '2023-03-14T00:00:00Z', value: '100' };
const fifthTwice = [
	...fiveDays.slice(0, 4),
	{ id: 'tx-5', time: '2023-03-20T00:00:00Z', value: '10' },
	{ id: 'tx-5', time: '2023-03-20T00:00:00Z', value: '5' }
];

describe('the total of a meter', () => {
	it.each<{
		name: string;
		aggregation: Aggregation;
		readings: Reading[];
		from?: string;
		to?: string;
		total: string | null;
	}>([
		{ name: 'adds values up', aggregation: 'sum', readings: fiveDays, total: '15' },
		{ name: 'counts events', aggregation: 'count', readings: fiveDays, total: '5' },
		{
			name: 'leaves out what was before the span',
			aggregation: 'count',
			readings: [dayBefore, ...fiveDays],
			total: '5'
		},
		{
			name: 'takes in what was before when the span does',
			aggregation: 'sum',
			readings: [dayBefore, ...fiveDays],
			from: '2023-03-01T00:00:00Z',
			total: '115'
		},
		{
			name: 'ends where the span ends',
			aggregation: 'sum',
			readings: fiveDays,
			to: '2023-03-18T12:00:00Z',
			total: '6'
		},
		{
			name: 'keeps the first of two events with one id (sum)',
			aggregation: 'sum',
			readings: fifthTwice,
			total: '20'
		},
		{
			name: 'keeps the first of two events with one id (max)',
			aggregation: 'max',
			readings: fifthTwice,
			total: '10'
		},
		{
			name: 'keeps the first of two events with one id (latest)',
			aggregation: 'latest',
			readings: fifthTwice,
			total: '10'
		},
		{
			name: 'keeps decimals of the greatest value',
			aggregation: 'max',
			readings: [
				{ time: '2023-03-16T00:00:00Z', value: '12' },
				{ time: '2023-03-16T00:00:01Z', value: '14.2' }
			],
			total: '14.2'
		},
		{
			name: 'reads numbers and their text alike',
			aggregation: 'sum',
			readings: [
				{ time: '2023-03-16T00:00:00Z', value: 100 },
				{ time: '2023-03-16T00:00:01Z', value: '100' }
			],
			total: '200'
		},
		{
			name: 'adds decimals exactly',
			aggregation: 'sum',
			readings: [
				{ time: '2023-03-16T00:00:00Z', value: 0.1 },
				{ time: '2023-03-16T00:00:01Z', value: 0.2 }
			],
			total: '0.3'
		},
		{
			name: 'is the newest value by the time of the event, not of its arrival',
			aggregation: 'latest',
			readings: [
				{ time: '2023-03-17T00:00:00Z', value: '12' },
				{ time: '2023-03-16T00:00:00Z', value: '99' }
			],
			total: '12'
		},
		{
			name: 'is the greater of two values at one moment',
			aggregation: 'latest',
			readings: [
				{ time: '2023-03-17T00:00:00Z', value: '12' },
				{ time: '2023-03-17T00:00:00Z', value: '11' }
			],
			total: '12'
		},
		{
			name: 'is the last level known, though it was read before the span',
			aggregation: 'latest',
			readings: [dayBefore],
			total: '100'
		},
		{
			name: 'counts different values once',
			aggregation: 'unique',
			readings: [
				{ time: '2023-03-16T00:00:00Z', value: 'a' },
				{ time: '2023-03-16T00:00:01Z', value: 'b' },
				{ time: '2023-03-17T00:00:00Z', value: 'a' }
			],
			total: '2'
		},
		{
			name: 'counts a value only where it occurred, though it did before and after',
			aggregation: 'unique',
			readings: [
				{ time: '2023-03-14T00:00:00Z', value: 'around' },
				{ time: '2023-04-01T00:00:00Z', value: 'around' },
				{ time: '2023-03-14T00:00:00Z', value: 'within' },
				{ time: '2023-03-20T10:00:00Z', value: 'within' },
				{ time: '2023-04-01T00:00:00Z', value: 'within' }
			],
			total: '1'
		},
		{
			name: 'belongs to one of two spans that meet',
			aggregation: 'sum',
			readings: [{ time: '2023-03-31T23:59:59.500Z', value: '1' }],
			total: '1'
		},
		{ name: 'is 0 for a count of nothing', aggregation: 'count', readings: [], total: '0' },
		{ name: 'is null for a sum of nothing', aggregation: 'sum', readings: [], total: null }
	])('$name', async ({ aggregation, readings, from, to, total }) => {
		const { meter, type } = await meterFor(aggregation);
		await record(type, readings, march.at);
		expect(await totalOf(meter, from ?? march.from, to ?? march.to)).toBe(total);
	});

	it('is the same however days and hours divide the span', async () => {
		const { meter, type } = await meterFor('sum');
		const hours = Array.from({ length: 80 }, (_, hour) => ({
			time: new Date(Date.parse('2026-11-21T15:30:00Z') + hour * 3_600_000).toISOString(),
			value: 1
		}));
		await record(type, hours, '2026-11-25T00:00:00Z');
		const at = (hour: number): string =>
			new Date(Date.parse('2026-11-21T15:00:00Z') + hour * 3_600_000).toISOString();
		for (const [from, to] of [
			[0, 80],
			[0, 6],
			[1, 5],
			[5, 7],
			[5, 31],
			[6, 30],
			[7, 79],
			[30, 54],
			[33, 33]
		] as const) {
			const total = await totalOf(meter, at(from), at(to));
			expect(Number(total ?? 0), `${from} to ${to}`).toBe(to - from);
		}
	});

	it('refuses a span that ends before it begins, and a meter that is none', async () => {
		await expect(totalOf('data', march.to, march.from)).rejects.toMatchObject({ code: 'invalid' });
		await expect(totalOf('unheard', march.from, march.to)).rejects.toMatchObject({
			code: 'not_found'
		});
	});
});

describe('a course', () => {
	const course = (
		of: { meter: string } | { unit: 'bytes' | 'count' },
		from: string,
		to: string,
		bucket: 'hour' | 'day',
		timeZone?: string
	) =>
		withBusiness(fixture.mavuno, async (scope) => {
			const points = await readSeries(scope, {
				of,
				from: new Date(from),
				to: new Date(to),
				bucket,
				...(timeZone ? { timeZone } : {})
			});
			return points.map(({ start, value }) => [start.toISOString().slice(0, 16), value]);
		});

	it('has every day of the business, and null where nothing was read', async () => {
		const { meter, type } = await meterFor('sum');
		await record(
			type,
			[
				// 1 November in Nairobi, 31 October in Greenwich.
				{ time: '2026-10-31T21:00:00Z', value: 1 },
				{ time: '2026-11-01T20:59:59Z', value: 2 },
				{ time: '2026-11-03T10:00:00Z', value: 0 },
				{ time: '2026-11-03T10:30:00Z', value: 4 }
			],
			'2026-11-05T00:00:00Z'
		);
		const from = '2026-10-31T21:00:00Z';
		const to = '2026-11-04T21:00:00Z';
		expect(await course({ meter }, from, to, 'day')).toEqual([
			['2026-10-31T21:00', 3],
			['2026-11-01T21:00', null],
			['2026-11-02T21:00', 4],
			['2026-11-03T21:00', null]
		]);
		expect(await course({ meter }, from, to, 'day', 'UTC')).toEqual([
			['2026-10-31T00:00', 1],
			['2026-11-01T00:00', 2],
			['2026-11-02T00:00', null],
			['2026-11-03T00:00', 4],
			['2026-11-04T00:00', null]
		]);
		expect(await course({ meter }, '2026-11-03T09:30:00Z', '2026-11-03T11:30:00Z', 'hour')).toEqual(
			[
				['2026-11-03T09:00', null],
				['2026-11-03T10:00', 4],
				['2026-11-03T11:00', null]
			]
		);
	});

	it('has 23 and 25 hours where clocks change', async () => {
		const { meter, type } = await meterFor('count');
		await record(
			type,
			[
				{ time: '2026-10-25T00:30:00Z' },
				{ time: '2026-10-25T22:59:00Z' },
				{ time: '2026-10-25T23:00:00Z' }
			],
			'2026-10-26T00:00:00Z'
		);
		expect(
			await course(
				{ meter },
				'2026-10-24T22:00:00Z',
				'2026-10-26T23:00:00Z',
				'day',
				'Europe/Berlin'
			)
		).toEqual([
			['2026-10-24T22:00', 2],
			['2026-10-25T23:00', 1]
		]);
	});

	it.each<[Aggregation, unknown[], number]>([
		['count', [5, 7, 6], 3],
		['max', [5, 7, 6], 7],
		['latest', [5, 7, 6], 6],
		['unique', ['a', 'b', 'a'], 2]
	])('of a meter by %s tells it of each day', async (aggregation, values, expected) => {
		const { meter, type } = await meterFor(aggregation);
		const readings = values.map((value, index) => ({ time: `2026-11-03T1${index}:00:00Z`, value }));
		await record(type, readings, '2026-11-05T00:00:00Z');
		expect(await course({ meter }, '2026-11-02T21:00:00Z', '2026-11-03T21:00:00Z', 'day')).toEqual([
			['2026-11-02T21:00', expected]
		]);
	});

	it('refuses more points than a chart can show', async () => {
		await expect(
			course({ meter: 'records' }, '2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'hour')
		).rejects.toMatchObject({ code: 'invalid' });
	});
});

describe('figures of a business', () => {
	const now = '2026-11-25T09:00:00Z';
	const november = { from: new Date('2026-10-31T21:00:00Z'), to: new Date(now) };
	const october = {
		previousFrom: new Date('2026-09-30T21:00:00Z'),
		previousTo: new Date('2026-10-25T09:00:00Z'),
		previousEnd: new Date('2026-10-31T21:00:00Z')
	};
	const inside = <R>(member: Member, work: Parameters<typeof withBusiness<Member, R>>[1]) =>
		withBusiness(member, work, { at: new Date(now) });

	beforeAll(async () => {
		const { mavuno, pwani, erp, sacco } = fixture;
		const of = (time: string, user: string, bytes: number) =>
			usageEvent(mavuno.businessId, { time, data: { bytes, user, branch: 'Nakuru' } });
		const at = { at: new Date(now) };
		await recordEvents(
			[
				of('2026-10-26T05:00:00Z', 'otieno', 5),
				of('2026-11-01T05:00:00Z', 'otieno', 1_000),
				of('2026-11-25T06:00:00Z', 'wanjiku', 2_000),
				usageEvent(mavuno.businessId, {
					type: 'erp.level',
					time: '2026-11-20T05:00:00Z',
					data: { value: 156 }
				})
			],
			erp,
			at
		);
		await recordEvents(
			[
				of('2026-10-01T05:00:00Z', 'njeri', 40),
				of('2026-10-25T08:59:00Z', 'njeri', 2),
				of('2026-10-25T09:00:00Z', 'njeri', 300)
			],
			erp,
			{ at: new Date('2026-10-26T00:00:00Z') }
		);
		const deposit = (businessId: string, time: string, bytes: number) =>
			usageEvent(businessId, { type: 'sacco.data.transferred', time, data: { bytes } });
		await recordEvents(
			[
				deposit(mavuno.businessId, '2026-11-25T06:10:00Z', 7),
				deposit(pwani.businessId, '2026-11-25T06:10:00Z', 1_000_000)
			],
			sacco,
			at
		);
	});

	it('are bytes in all and by product, of this business alone', async () => {
		const { erp, sacco, mavuno, pwani } = fixture;
		expect(await inside(mavuno, (scope) => readBytes(scope, november))).toEqual({
			total: 3_007n,
			byProduct: new Map([
				[erp.productId, 3_000n],
				[sacco.productId, 7n]
			])
		});
		const { total } = await inside(pwani, (scope) => readBytes(scope, november));
		expect(total).toBe(1_000_000n);
	});

	it('stay hidden from another business, whatever is read', async () => {
		const { pwani, erp } = fixture;
		const ofErp = await inside(pwani, (scope) =>
			listUsage(scope, { productId: erp.productId, ...november })
		);
		expect(ofErp.length).toBeGreaterThan(3);
		for (const { total } of ofErp) expect(total === null || total === '0').toBe(true);
		expect(await inside(pwani, (scope) => readLatest(scope, { meter: 'members' }))).toBeNull();
		expect(
			await inside(pwani, (scope) => readUnique(scope, { meter: 'active-users', ...november }))
		).toBe(0);
		const home = await inside(pwani, (scope) =>
			readHomeFigures(scope, { ...november, ...october })
		);
		expect(home.products.get(erp.productId)?.latest).toEqual({});
		expect(home.bytes.total).toBe(1_000_000);
	});

	it('are the newest level, and when it was read', async () => {
		const { mavuno } = fixture;
		expect(await inside(mavuno, (scope) => readLatest(scope, { meter: 'members' }))).toEqual({
			value: '156',
			at: new Date('2026-11-20T05:00:00Z')
		});
		expect(
			await inside(mavuno, (scope) =>
				readLatest(scope, { meter: 'members', at: new Date('2026-11-20T05:00:00Z') })
			)
		).toBeNull();
	});

	it('are what home shows, in one go', async () => {
		const { mavuno, erp } = fixture;
		const home = await inside(mavuno, (scope) =>
			readHomeFigures(scope, { ...november, ...october })
		);
		expect(home.bytes).toEqual({
			total: 3_007,
			// 1 October, and 25 October until nine.
			previous: 42,
			lastReadingAt: new Date('2026-11-25T06:10:00Z'),
			steps: new Map([
				['2026-11-01', 1_000],
				['2026-11-25', 2_007]
			]),
			previousSteps: new Map([
				['2026-10-01', 40],
				['2026-10-25', 302],
				['2026-10-26', 5]
			])
		});
		expect(home.products.get(erp.productId)).toMatchObject({
			latest: { members: 156 },
			activeUsers: 2
		});
	});

	it('are told by the hour for a single day', async () => {
		const day = { from: new Date('2026-11-24T21:00:00Z'), to: new Date(now) };
		const before = {
			previousFrom: new Date('2026-10-24T21:00:00Z'),
			previousTo: new Date('2026-10-25T09:00:00Z'),
			previousEnd: new Date('2026-10-25T21:00:00Z')
		};
		const { bytes, products } = await inside(fixture.mavuno, (scope) =>
			readHomeFigures(scope, { ...day, ...before, bucket: 'hour' })
		);
		expect(bytes.steps).toEqual(new Map([['2026-11-25T09:00', 2_007]]));
		expect(bytes.previousSteps).toEqual(
			new Map([
				['2026-10-25T11:00', 2],
				['2026-10-25T12:00', 300]
			])
		);
		expect(bytes.total).toBe(2_007);
		expect(bytes.previous).toBe(2);
		expect(products.get(fixture.erp.productId)?.activeUsers).toBe(1);
	});

	it('are nothing rather than zero where nothing was measured', async () => {
		const long = (year: number) => new Date(Date.UTC(year, 0, 1));
		const { bytes } = await inside(fixture.mavuno, (scope) =>
			readHomeFigures(scope, {
				from: long(2020),
				to: long(2021),
				previousFrom: long(2019),
				previousTo: long(2020)
			})
		);
		expect(bytes).toEqual({
			total: null,
			previous: null,
			lastReadingAt: null,
			steps: new Map(),
			previousSteps: new Map()
		});
	});

	it('are quantities for a bill, by the days of a period and never below zero', async () => {
		const { meter, type } = await meterFor('latest');
		await record(
			type,
			[
				{ time: '2026-11-02T10:00:00Z', value: '12' },
				{ time: '2026-11-03T10:00:00Z', value: '-5' }
			],
			'2026-11-05T00:00:00Z'
		);
		const { erp, mavuno, pwani } = fixture;
		const period = { start: '2026-11-01', end: '2026-12-01' };
		const quantities = (member: Member) =>
			inside(member, async (scope) => {
				const read = await readQuantities(scope, {
					meters: ['data', 'active-users', 'records', meter, 'unheard'].map((slug) => ({
						productId: erp.productId,
						meter: slug,
						period
					}))
				});
				return read.map(({ quantity }) => quantity);
			});
		expect(await quantities(mavuno)).toEqual(['3000', '2', '0', '0', '0']);
		expect(await quantities(pwani)).toEqual(['0', '0', '0', '0', '0']);
	});
});
