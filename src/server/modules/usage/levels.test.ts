import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { defineMeter, readUsage, recordEvents, refoldDays } from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
});
afterAll(() => runtime.stop());

let cases = 0;

async function makeMeter(dimensions: string[] = []): Promise<string> {
	cases += 1;
	const meter = `level-${cases}`;
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'erp',
			slug: meter,
			name: meter,
			eventType: `erp.${meter}`,
			aggregation: 'weighted',
			valueProperty: 'gb',
			unit: 'count',
			dimensions
		})
	);
	return meter;
}

type Reading = [time: string, gb: unknown, branch?: string];

async function record(
	meter: string,
	readings: Reading[],
	at = '2026-11-25T09:00:00Z'
): Promise<void> {
	runtime.clock.set(new Date(at));
	// One by one: each is a transaction that finds what those before it left.
	for (const [time, gb, branch] of readings)
		await recordEvents(
			[
				usageEvent(fixture.mavuno.businessId, {
					type: `erp.${meter}`,
					time,
					data: { gb, ...(branch === undefined ? {} : { branch }) }
				})
			],
			fixture.erp
		);
}

async function total(
	meter: string,
	from: string,
	to: string,
	{ at = '2026-12-01T09:00:00Z', as = fixture.mavuno }: { at?: string; as?: Member } = {}
): Promise<string | null> {
	runtime.clock.set(new Date(at));
	const figure = await withBusiness(as, (scope) =>
		readUsage(scope, { meter, from: new Date(from), to: new Date(to) })
	);
	return figure.total;
}

const day = ['2026-11-20T21:00:00Z', '2026-11-21T21:00:00Z'] as const;

describe('a level counts for as long as it holds', () => {
	const table: [
		name: string,
		readings: Reading[],
		from: string,
		to: string,
		total: string | null
	][] = [
		['nothing was read', [], ...day, null],
		[
			'set once and held for three days',
			[['2026-11-20T21:00:00Z', 5]],
			'2026-11-20T21:00:00Z',
			'2026-11-23T21:00:00Z',
			'360'
		],
		['set long before the span', [['2026-11-01T10:15:00Z', 5]], ...day, '120'],
		['set after the span', [['2026-11-22T10:00:00Z', 5]], ...day, null],
		['set within it', [['2026-11-21T09:00:00Z', 5]], ...day, '60'],
		['a part of an hour', [['2026-11-21T20:40:00Z', 1]], ...day, '0.333333333333'],
		[
			'read twice in an hour',
			[
				['2026-11-21T20:00:00Z', 8],
				['2026-11-21T20:15:00Z', 4]
			],
			...day,
			'5'
		],
		[
			'a late reading between two',
			[
				['2026-11-21T00:00:00Z', 10],
				['2026-11-21T12:00:00Z', 20],
				['2026-11-21T06:00:00Z', 0]
			],
			...day,
			'240'
		],
		[
			'a late reading before all',
			[
				['2026-11-21T12:00:00Z', 20],
				['2026-11-21T06:00:00Z', 10]
			],
			...day,
			'240'
		],
		[
			'the greatest of one moment, whichever came first',
			[
				['2026-11-21T20:00:00Z', 3],
				['2026-11-21T20:00:00Z', 7],
				['2026-11-21T20:00:00Z', 5]
			],
			...day,
			'7'
		],
		[
			'a change at the edge of an hour',
			[
				['2026-11-21T10:59:59.999Z', 3600],
				['2026-11-21T11:00:00.000Z', 0]
			],
			...day,
			'0.001'
		],
		[
			'a change at the edge of the day',
			[
				['2026-11-20T20:00:00Z', 9],
				['2026-11-20T21:00:00Z', 1],
				['2026-11-21T21:00:00Z', 50]
			],
			...day,
			'24'
		],
		[
			'fractions that no double holds',
			[
				['2026-11-21T20:00:00Z', '0.1'],
				['2026-11-21T20:30:00Z', '0.2']
			],
			...day,
			'0.15'
		],
		[
			'a level below zero',
			[
				['2026-11-21T19:00:00Z', -4],
				['2026-11-21T20:00:00Z', 1]
			],
			...day,
			'-3'
		],
		[
			'back to nothing',
			[
				['2026-11-21T01:00:00Z', 4],
				['2026-11-21T03:00:00Z', 0]
			],
			...day,
			'8'
		]
	];
	it.each(table)('%s', async (_, readings, from, to, expected) => {
		const meter = await makeMeter();
		await record(meter, readings);
		expect(await total(meter, from, to)).toBe(expected);
		const backwards = await makeMeter();
		await record(backwards, readings.toReversed());
		expect(await total(backwards, from, to)).toBe(expected);
		expect(await total(meter, from, to, { as: fixture.pwani }).catch(() => null)).toBeNull();
	});

	it('each set of dimension values has a level of its own, and the meter is their sum', async () => {
		const meter = await makeMeter(['branch']);
		await record(meter, [
			['2026-11-10T08:00:00Z', 100, 'Nakuru'],
			['2026-11-21T09:00:00Z', 10, 'Eldoret'],
			['2026-11-21T15:00:00Z', 50, 'Nakuru'],
			['2026-11-21T20:00:00Z', 1]
		]);
		expect(await total(meter, ...day)).toBe(String(18 * 100 + 6 * 50 + 12 * 10 + 1));
	});

	it('the running hour counts until now', async () => {
		const meter = await makeMeter();
		await record(meter, [['2026-11-25T07:00:00Z', 6]]);
		const span = ['2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z'] as const;
		expect(await total(meter, ...span, { at: '2026-11-25T09:20:00Z' })).toBe('14');
		expect(await total(meter, ...span, { at: '2026-11-25T09:30:00Z' })).toBe('15');
	});

	it('a day is as long as it is in the zone of the business', async () => {
		const { businessId } = fixture.mavuno;
		const meter = await makeMeter();
		await record(meter, [['2026-09-01T10:00:00Z', 2]], '2026-09-01T10:00:00Z');
		await record(meter, [['2026-10-25T12:00:00Z', 4]], '2026-10-26T10:00:00Z');
		const london = { ...fixture.mavuno, timeZone: 'Europe/London' };
		await withSystem('test', (scope) =>
			refoldDays(scope, { businessId, timeZone: 'Europe/London' })
		);
		// The 25th of October has 25 hours there, thirteen of them before noon.
		const found = await total(meter, '2026-10-24T23:00:00Z', '2026-10-26T00:00:00Z', {
			as: london
		});
		await withSystem('test', (scope) =>
			refoldDays(scope, { businessId, timeZone: 'Africa/Nairobi' })
		);
		expect(found).toBe(String(13 * 2 + 12 * 4));
	});
});
