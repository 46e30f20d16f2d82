import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	defineMeter,
	exploreUsage,
	recordEvents,
	type Explored,
	type UsageEvent
} from './index.ts';

// What two metering systems expect of themselves in their own tests (Lago's event stores and aggregations,
// OpenMeter's ingest and windows), asked of ours. Left out is what follows from a rule that is not ours: the
// last of repeated events winning, values that are no numbers passed over, quantities prorated before rating.

let runtime: TestRuntime;
let fixture: Metered;
let made = 0;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	for (const slug of ['held', 'held-elsewhere', 'held-nowhere'])
		await withSystem('test', (scope) =>
			defineMeter(scope, {
				product: 'erp',
				slug,
				name: slug,
				eventType: `erp.${slug}`,
				aggregation: 'weighted',
				valueProperty: 'value',
				unit: 'count',
				dimensions: ['branch']
			})
		);
});
afterAll(() => runtime.stop());

interface Told {
	id: string;
	time: string;
	value?: string;
}

const types = {
	sum: { meter: 'data', type: 'erp.data.transferred', property: 'bytes' },
	count: { meter: 'records', type: 'erp.record.saved', property: null },
	max: { meter: 'peak', type: 'erp.load', property: 'value' },
	latest: { meter: 'members', type: 'erp.level', property: 'value' }
} as const;
type Kind = keyof typeof types;

/** Each case has a source of its own; the shared hours are told apart by a branch. */
function eventsOf(name: string, kind: Kind, told: readonly Told[]): UsageEvent[] {
	const { type, property } = types[kind];
	return told.map(({ id, time, value }) =>
		usageEvent(fixture.mavuno.businessId, {
			source: `/cases/${name}`,
			id,
			time,
			type,
			data: { branch: name, ...(property ? { [property]: value, user: 'otieno' } : {}) }
		})
	);
}

async function read(
	kind: Kind,
	from: string,
	to: string,
	more: Partial<Parameters<typeof exploreUsage>[1]> = {},
	who: Member = fixture.mavuno
): Promise<Explored | undefined> {
	const { meters } = await withBusiness(who, (scope) =>
		exploreUsage(scope, {
			from: new Date(from),
			to: new Date(to),
			meters: [types[kind].meter],
			...more
		})
	);
	return meters.find(({ product }) => product.slug === 'erp');
}

const fiveDays = [
	{ id: 'tx-1', time: '2023-03-16T00:00:00Z', value: '1' },
	{ id: 'tx-2', time: '2023-03-17T00:00:00Z', value: '2' },
	{ id: 'tx-3', time: '2023-03-18T00:00:00Z', value: '3' },
	{ id: 'tx-4', time: '2023-03-19T00:00:00Z', value: '4' },
	{ id: 'tx-5', time: '2023-03-20T00:00:00Z', value: '5' }
];
const before = { id: 'tx-0', time: '2023-03-14T00:00:00Z', value: '100' };
const at = { at: new Date('2023-04-01T00:00:00Z') };
const periodFrom = '2023-03-15T00:00:00Z';
const periodTo = '2023-04-01T00:00:00Z';

describe('aggregations and windows', () => {
	it.each<[string, Kind, Told[], string, string | null]>([
		['a sum of five days', 'sum', fiveDays, periodTo, '15'],
		['a sum without what came before the period', 'sum', [before, ...fiveDays], periodTo, '15'],
		['a count without what came before it', 'count', [before, ...fiveDays], periodTo, '5'],
		['a sum up to a moment within the period', 'sum', fiveDays, '2023-03-18T12:00:00Z', '6'],
		['a count up to it', 'count', fiveDays, '2023-03-18T12:00:00Z', '3'],
		['nothing where nothing happened', 'sum', [], periodTo, null]
	])('%s', async (name, kind, told, to, expected) => {
		await recordEvents(eventsOf(name, kind, told), fixture.erp, at);
		const { total } = (await read(kind, periodFrom, to, { where: { branch: [name] } })) ?? {};
		expect(total).toBe(expected);
	});

	it('the greatest and the latest keep their decimals, whatever the order of arrival', async () => {
		const told = [
			{ id: 'b', time: '2023-03-21T00:00:00Z', value: '12' },
			{ id: 'a', time: '2023-03-20T00:00:00Z', value: '14.2' }
		];
		await recordEvents(eventsOf('greatest', 'max', told), fixture.erp, at);
		await recordEvents(eventsOf('newest', 'latest', told), fixture.erp, at);
		expect((await read('max', periodFrom, periodTo))?.total).toBe('14.2');
		expect((await read('latest', periodFrom, periodTo))?.total).toBe('12');
	});

	it('an event in the last half second of a month is the month’s', async () => {
		const name = 'last half second';
		// Midnight in Nairobi.
		const told = [{ id: '1', time: '2023-03-31T20:59:59.500Z', value: '1' }];
		await recordEvents(eventsOf(name, 'sum', told), fixture.erp, at);
		const where = { branch: [name] };
		const march = await read('sum', '2023-02-28T21:00:00Z', '2023-03-31T21:00:00Z', { where });
		expect(march?.total).toBe('1');
		const april = await read('sum', '2023-03-31T21:00:00Z', '2023-04-30T21:00:00Z', { where });
		expect(april?.total).toBeNull();
	});

	it('windows of an hour and of a day, of five people with four readings each', async () => {
		const times = [
			'2023-03-22T09:00:00Z',
			'2023-03-22T09:01:00Z',
			'2023-03-22T10:00:00Z',
			'2023-03-23T09:00:00Z'
		];
		const events = ['a', 'b', 'c', 'd', 'e'].flatMap((user) =>
			times.map((time, index) =>
				usageEvent(fixture.mavuno.businessId, {
					source: `/cases/windows/${user}`,
					id: String(index),
					time,
					data: { bytes: 100, user, branch: 'windows' }
				})
			)
		);
		await recordEvents(events, fixture.erp, at);
		const windows = async (granularity: 'hour' | 'day'): Promise<(string | null)[]> => {
			const told = await read('sum', '2023-03-22T00:00:00Z', '2023-03-24T00:00:00Z', {
				granularity,
				where: { branch: ['windows'] }
			});
			return told?.points.filter((point) => point !== null) ?? [];
		};
		expect(await windows('hour')).toEqual(['1000', '500', '500']);
		expect(await windows('day')).toEqual(['1500', '500']);
	});

	it('a window that ends before it began is refused', async () => {
		await expect(read('sum', periodTo, periodFrom)).rejects.toMatchObject({ name: 'Invalid' });
	});
});

// Theirs are told as changes of one level, ours as levels: what they add up to is the same. March in UTC.
describe('levels over time', () => {
	const month = { from: new Date('2023-03-01T00:00:00Z'), to: new Date('2023-04-01T00:00:00Z') };
	const hours = 31 * 24;
	const held = async (slug: string, told: [time: string, value: number, branch?: string][]) => {
		await recordEvents(
			told.map(([time, value, branch]) =>
				usageEvent(fixture.mavuno.businessId, {
					source: `/cases/${slug}`,
					type: `erp.${slug}`,
					time,
					data: { value, ...(branch ? { branch } : {}) }
				})
			),
			fixture.erp,
			at
		);
		runtime.clock.set(month.to);
		const { meters } = await withBusiness(fixture.mavuno, (scope) =>
			exploreUsage(scope, { ...month, meters: [slug], granularity: 'hour' })
		);
		return meters[0];
	};

	it('nothing was ever reported', async () => {
		expect((await held('held-nowhere', []))?.total).toBeNull();
	});

	it('two that begin at the same moment both count: 6 × 27/31 over the month', async () => {
		const told = await held('held-elsewhere', [
			['2023-03-05T00:00:00Z', 3, 'a'],
			['2023-03-05T00:00:00Z', 3, 'b']
		]);
		expect((Number(told?.total) / hours).toFixed(5)).toBe('5.22581');
	});

	it('seven changes in one morning, segment by segment', async () => {
		const told = await held('held', [
			['2023-03-05T00:00:00Z', 2],
			['2023-03-05T01:00:00Z', 5],
			['2023-03-05T01:30:00Z', 6],
			['2023-03-05T02:00:00Z', 2],
			['2023-03-05T04:00:00Z', 0],
			['2023-03-05T05:00:00Z', 10],
			['2023-03-05T05:30:00Z', 0]
		]);
		const segments: [level: number, seconds: number][] = [
			[2, 3_600],
			[5, 1_800],
			[6, 1_800],
			[2, 7_200],
			[0, 3_600],
			[10, 1_800]
		];
		const area = segments.reduce((sum, [level, seconds]) => sum + level * seconds, 0);
		expect(Number(told?.total)).toBe(area / 3_600);
		const from = (Date.parse('2023-03-05T00:00:00Z') - month.from.getTime()) / 3_600_000;
		expect(told?.points.slice(from, from + 7)).toEqual(['2', '5.5', '2', '2', '0', '5', '0']);
	});
});

describe('repetitions', () => {
	const name = (): string => `again-${(made += 1)}`;
	const countOf = async (branch: string): Promise<string | null | undefined> =>
		(await read('count', periodFrom, periodTo, { where: { branch: [branch] } }))?.total;

	it('a thousand events of one source and id count once, though each has another time', async () => {
		const branch = name();
		const told = Array.from({ length: 1_000 }, (_, index) => ({
			id: 'same',
			time: new Date(Date.parse('2023-03-20T00:00:00Z') + index * 1_000).toISOString()
		}));
		const halves = [told.slice(0, 500), told.slice(500)];
		await Promise.all(
			halves.map((half) => recordEvents(eventsOf(branch, 'count', half), fixture.erp, at))
		);
		expect(await countOf(branch)).toBe('1');
	});

	it('the first that comes stands, though the next is of another type', async () => {
		const branch = name();
		const told = [{ id: 'id', time: '2023-03-20T00:00:00Z', value: '9' }];
		const first = await recordEvents(eventsOf(branch, 'count', told), fixture.erp, at);
		const second = await recordEvents(eventsOf(branch, 'sum', told), fixture.erp, at);
		expect([first, second]).toEqual([
			{ received: 1, new: 1, known: 0 },
			{ received: 1, new: 0, known: 1 }
		]);
		expect(await countOf(branch)).toBe('1');
		const where = { branch: [branch] };
		expect((await read('sum', periodFrom, periodTo, { where }))?.total).toBeNull();
	});

	it('the same id of another source is another event', async () => {
		const branch = name();
		const told = [{ id: '1', time: '2023-03-20T00:00:00Z' }];
		const [event] = eventsOf(branch, 'count', told);
		if (!event) throw new Error('No event was made.');
		const counted = await recordEvents(
			[event, { ...event, source: `${event.source}/b` }],
			fixture.erp,
			at
		);
		expect(counted).toMatchObject({ new: 2 });
		expect(await countOf(branch)).toBe('2');
	});

	it('the same id and source of another business is another event', async () => {
		const { mavuno, pwani, sacco } = fixture;
		const of = (businessId: string): UsageEvent =>
			usageEvent(businessId, {
				source: '/cases/businesses',
				id: '1',
				type: 'sacco.data.transferred',
				time: '2023-03-20T00:00:00Z',
				data: { bytes: 5 }
			});
		const counted = await recordEvents([of(mavuno.businessId), of(pwani.businessId)], sacco, at);
		expect(counted).toMatchObject({ new: 2 });
	});
});

describe('values', () => {
	it.each<[string, unknown, boolean]>([
		['a number', { bytes: 100, user: 'otieno' }, true],
		['digits as text', { bytes: '100', user: 'otieno' }, true],
		['no value', { user: 'otieno' }, false],
		['words', { bytes: 'not a number', user: 'otieno' }, false]
	])('%s', async (kind, data, taken) => {
		const event = usageEvent(fixture.mavuno.businessId, {
			source: '/cases/values',
			id: kind,
			time: '2023-03-20T00:00:00Z',
			data
		});
		const recorded = recordEvents([event], fixture.erp, at);
		if (taken) expect(await recorded).toMatchObject({ new: 1 });
		else await expect(recorded).rejects.toMatchObject({ name: 'Invalid' });
	});
});
