import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveUsagePrices, startSubscription } from '#server/modules/billing/index.ts';
import { savePlan } from '#server/modules/catalogue/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	defineMeter,
	exploreUsage,
	recordEvents,
	saveAlert,
	type Exploration,
	type Explored
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

type Asked = Parameters<typeof exploreUsage>[1];

/** 12:00 on 25 November 2026 in Nairobi; Mavuno has ERP and SACCO, Pwani SACCO alone. */
beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani, erp, sacco } = fixture;
	const moved = (time: string, bytes: number | string, user: string, branch?: string) =>
		usageEvent(mavuno.businessId, {
			time,
			data: { bytes, user, ...(branch ? { branch } : {}) }
		});
	const at = (time: string) => ({ at: new Date(time) });
	// 31 October, 23:30 in Nairobi, and half an hour into November.
	await recordEvents(
		[moved('2026-10-31T20:30:00Z', 7, 'otieno', 'Nakuru')],
		erp,
		at('2026-10-31T21:00:00Z')
	);
	await recordEvents(
		[
			moved('2026-10-31T21:30:00Z', 100, 'otieno', 'Nakuru'),
			moved('2026-11-02T08:10:00Z', 200, 'otieno', 'Eldoret'),
			moved('2026-11-02T08:20:00Z', '0.5', 'naliaka', 'Nakuru'),
			moved('2026-11-25T08:30:00Z', 50, 'naliaka', 'Nakuru'),
			moved('2026-11-25T08:40:00Z', 25, 'naliaka')
		],
		erp,
		at('2026-11-25T09:00:00Z')
	);
	const load = (time: string, value: number, type: string) =>
		usageEvent(mavuno.businessId, { time, type, data: { value } });
	await recordEvents(
		[
			load('2026-11-03T08:00:00Z', 9, 'erp.load'),
			load('2026-11-04T08:00:00Z', 4, 'erp.load'),
			load('2026-11-03T08:00:00Z', 9, 'erp.level'),
			load('2026-11-04T08:00:00Z', 4, 'erp.level')
		],
		erp
	);
	await recordEvents(
		[
			usageEvent(pwani.businessId, {
				type: 'sacco.data.transferred',
				time: '2026-11-25T08:30:00Z',
				data: { bytes: 9_000, user: 'otieno', branch: 'Nakuru' }
			})
		],
		sacco
	);
});
afterAll(() => runtime.stop());

const november = {
	from: new Date('2026-10-31T21:00:00Z'),
	to: new Date('2026-11-25T09:00:00Z')
};

function explore(more: Partial<Asked> = {}, who: Member = fixture.mavuno): Promise<Exploration> {
	return withBusiness(who, (scope) => exploreUsage(scope, { ...november, ...more }));
}

async function meter(
	more: Omit<Partial<Asked>, 'meters'> & { meters: [string] }
): Promise<Explored> {
	const { meters } = await explore({ products: ['erp'], ...more });
	const [only] = meters;
	if (!only || meters.length !== 1) throw new Error(`There are ${meters.length} meters.`);
	return only;
}

const read = (points: readonly (string | null)[]) => points.filter((point) => point !== null);

describe('exploring usage', () => {
	it('gives total, course, peak and average of a meter, day by day of the business', async () => {
		const { steps } = await explore();
		expect(steps).toHaveLength(25);
		expect(steps[0]).toEqual({ key: '2026-11-01', start: november.from });
		const data = await meter({ meters: ['data'] });
		expect(data).toMatchObject({ total: '375.5', previous: null, earlier: [] });
		expect([data.points[0], data.points[1], data.points[24]]).toEqual(['100', '200.5', '75']);
		expect(read(data.points)).toHaveLength(3);
		expect(data.peak).toEqual({ step: steps[1], value: '200.5' });
		expect(data.average).toBeCloseTo(375.5 / 25);
	});

	it.each([
		['hour', 24, '2026-11-25T00:00', 11],
		['day', 1, '2026-11-25', 0]
	] as const)('tells a day by the %s', async (granularity, count, first, place) => {
		const day = {
			from: new Date('2026-11-24T21:00:00Z'),
			to: new Date('2026-11-25T21:00:00Z'),
			granularity
		};
		const { steps } = await explore(day);
		expect(steps).toHaveLength(count);
		expect(steps[0]?.key).toBe(first);
		expect((await meter({ ...day, meters: ['data'] })).points[place]).toBe('75');
	});

	it.each([
		['week', ['2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23'], '100'],
		['month', ['2026-11-01'], '375.5']
	] as const)('tells a month by the %s', async (granularity, keys, first) => {
		const { steps } = await explore({ granularity });
		expect(steps.map(({ key }) => key)).toEqual(keys);
		// What lies before the span is not told, though its week has begun.
		expect((await meter({ granularity, meters: ['data'] })).points[0]).toBe(first);
	});

	it('begins and ends within a day at the hour', async () => {
		const data = await meter({
			meters: ['data'],
			from: new Date('2026-11-02T09:00:00Z'),
			to: new Date('2026-11-25T08:00:00Z')
		});
		expect(data).toMatchObject({ total: null, peak: null, average: null });
	});

	it('compares with as long a span before, or with one that is named', async () => {
		const data = await meter({ meters: ['data'], compare: 'previous' });
		expect(data.previous).toBe('7');
		expect(read(data.earlier)).toEqual(['7']);
		const named = await explore({
			compare: { from: new Date('2026-10-31T20:00:00Z'), to: new Date('2026-10-31T21:00:00Z') },
			granularity: 'hour'
		});
		expect(named.earlierSteps.map(({ key }) => key)).toEqual(['2026-10-31T23:00']);
		expect(named.meters.find((one) => one.meter.slug === 'data')?.earlier).toEqual(['7']);
	});

	it.each([
		['records', null, null],
		['active-users', '2', 4 / 3],
		['peak', '9', 6.5],
		['members', '4', 6.5]
	])('tells %s by its aggregation', async (slug, total, average) => {
		expect(await meter({ meters: [slug] })).toMatchObject({ total, average });
	});

	it.each([
		[
			'user',
			[
				['otieno', '300'],
				['naliaka', '75.5']
			]
		],
		[
			'branch',
			[
				['Eldoret', '200'],
				['Nakuru', '150.5'],
				[null, '25']
			]
		]
	])('tells figures apart by %s, the greatest first', async (by, expected) => {
		const data = await meter({ meters: ['data'], by });
		expect(data.groups.map(({ value, total }) => [value, total])).toEqual(expected);
		expect(data.groupCount).toBe(expected.length);
		expect(data.total).toBe('375.5');
	});

	it('gives each group its course, and that of the span before', async () => {
		const data = await meter({ meters: ['data'], by: 'user', compare: 'previous' });
		expect(data.groups.map(({ points }) => read(points))).toEqual([
			['100', '200'],
			['0.5', '75']
		]);
		expect(data.groups[0]).toMatchObject({ value: 'otieno', previous: '7' });
	});

	it('narrows to people and to other values, alone and together', async () => {
		const totalOf = async (more: Partial<Asked>) =>
			(await meter({ ...more, meters: ['data'] })).total;
		expect(await totalOf({ people: ['otieno'] })).toBe('300');
		expect(await totalOf({ people: ['otieno', 'naliaka'] })).toBe('375.5');
		expect(await totalOf({ where: { branch: ['Eldoret'] } })).toBe('200');
		expect(await totalOf({ people: ['otieno'], where: { branch: ['Eldoret'] } })).toBe('200');
		expect(await totalOf({ people: ['naliaka'], where: { branch: ['Eldoret'] } })).toBeNull();
		expect(await totalOf({ people: ['nobody'] })).toBeNull();
	});

	it('tells the last two hours by the minute, each meter as a whole', async () => {
		const hours = { from: new Date('2026-11-25T07:00:00Z'), granularity: 'minute' } as const;
		const { steps, leftOut } = await explore({ ...hours, products: ['erp'] });
		expect(steps).toHaveLength(120);
		expect(steps[90]?.key).toBe('2026-11-25T11:30');
		expect(leftOut.map(({ slug }) => slug)).toEqual(['active-users']);
		const data = await meter({ ...hours, meters: ['data'] });
		expect(data).toMatchObject({ total: '75', peak: { value: '50' } });
		expect([data.points[89], data.points[90], data.points[100]]).toEqual([null, '50', '25']);
		expect((await explore({ ...hours, by: 'user' })).meters).toEqual([]);
		await expect(
			explore({ ...hours, from: new Date('2026-11-25T06:59:00Z') })
		).rejects.toMatchObject({ issues: [{ path: 'from' }] });
		const [theirs] = (await explore({ ...hours, meters: ['data'] }, fixture.pwani)).meters;
		expect(theirs?.total).toBeNull();
	});

	it('names the meters that cannot be told apart in this way', async () => {
		const { meters, leftOut } = await explore({ products: ['erp'], by: 'user' });
		expect(meters.map((one) => one.meter.slug)).toEqual(['data']);
		expect(leftOut.map(({ slug }) => slug).sort()).toEqual([
			'active-users',
			'members',
			'peak',
			'records'
		]);
	});

	it('pages through groups without losing or repeating one', async () => {
		const found: (string | null)[] = [];
		let cursor: string | undefined;
		do {
			const page: Exploration = await explore({
				meters: ['data'],
				by: 'branch',
				limit: 1,
				...(cursor === undefined ? {} : { cursor })
			});
			found.push(...page.meters.flatMap(({ groups }) => groups.map(({ value }) => value)));
			cursor = page.next ?? undefined;
		} while (cursor !== undefined);
		expect(found).toEqual(['Eldoret', 'Nakuru', null]);
	});

	it('refuses what is no cursor, spans that end before they begin, and steps too small', async () => {
		await expect(explore({ cursor: 'e30' })).rejects.toThrow();
		await expect(explore({ to: november.from })).rejects.toThrow();
		await expect(
			explore({ from: new Date('2020-01-01T00:00:00Z'), granularity: 'hour' })
		).rejects.toMatchObject({ issues: [{ path: 'to' }] });
	});

	it('expects a figure at the end of the running month, and of no other span', async () => {
		expect((await meter({ meters: ['data'] })).forecast).toMatchObject({
			method: 'weekdays',
			day: '2026-11-30'
		});
		expect((await meter({ meters: ['members'] })).forecast).toEqual({
			value: 4,
			method: 'stays',
			day: '2026-11-30'
		});
		const day = { from: new Date('2026-11-24T21:00:00Z') };
		expect((await meter({ meters: ['data'], ...day })).forecast).toBeNull();
	});

	it('names what the plan includes and the lowest limit that the business set', async () => {
		await withSystem('test', async (scope) => {
			await defineMeter(scope, {
				product: 'payroll',
				slug: 'sms',
				name: 'SMS',
				eventType: 'payroll.sms',
				aggregation: 'count',
				unit: 'count'
			});
			await defineMeter(scope, {
				product: 'payroll',
				slug: 'data',
				name: 'Data',
				eventType: 'payroll.data',
				aggregation: 'sum',
				valueProperty: 'bytes',
				unit: 'bytes'
			});
			const plan = { product: 'payroll', plan: 'measured' };
			await savePlan(scope, {
				product: 'payroll',
				slug: 'measured',
				name: 'Measured',
				currency: 'KES',
				amountMinor: 100n,
				position: 2,
				includedBytes: 3_000n
			});
			await saveUsagePrices(scope, {
				...plan,
				prices: [{ meter: 'sms', label: 'SMS', included: '50', unitMinor: '90' }]
			});
			await startSubscription(scope, {
				...plan,
				businessId: fixture.mavuno.businessId,
				startedOn: '2026-11-01'
			});
		});
		for (const limit of [400, 200])
			await withBusiness(fixture.mavuno, (scope) =>
				saveAlert(scope, { product: 'payroll', meter: 'sms', limit })
			);
		const { meters } = await explore({ products: ['payroll'] });
		expect(
			meters.map(({ meter, included, limit }) => [meter.slug, included, limit]).sort()
		).toEqual([
			['data', '3000', null],
			['sms', '50', '200']
		]);
		const theirs = await explore({ products: ['payroll'] }, fixture.pwani);
		expect(theirs.meters.map(({ included, limit }) => included ?? limit)).toEqual([null, null]);
	});

	it('shows each business its own', async () => {
		const { meters } = await explore({ products: ['sacco'], meters: ['data'] }, fixture.pwani);
		expect(meters.map(({ total }) => total)).toEqual(['9000']);
		const [own] = (await explore({ products: ['sacco'], meters: ['data'] })).meters;
		expect(own?.total).toBeNull();
		const [erp] = (await explore({ products: ['erp'], meters: ['data'] }, fixture.pwani)).meters;
		expect(erp?.total).toBeNull();
	});
});
