import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { openQueue } from '#server/platform/jobs.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	closePeriod,
	defineMeter,
	exploreUsage,
	foldOldHours,
	listAdjustments,
	listUsage,
	readConsumption,
	readLatest,
	recordEvents,
	recountMeter,
	refoldDays,
	saveRetention
} from './index.ts';
import { recount } from './recount.ts';

let runtime: TestRuntime;
let fixture: Metered;

/** A year and a half of both businesses, three days of each month; the last level is a year old. */
beforeEach(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani, erp, sacco } = fixture;
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'erp',
			slug: 'member-hours',
			name: 'Member hours',
			eventType: 'erp.level',
			aggregation: 'weighted',
			valueProperty: 'value',
			unit: 'hours'
		})
	);
	for (let month = 0; month < 18; month++) {
		for (const day of [1, 14, 28]) {
			// On the first, half past midnight in Nairobi: still the month before in London.
			const moment = Date.UTC(2025, 5 + month, day, day === 1 ? -3 : 9, 30);
			if (moment > Date.parse('2026-11-25T08:00:00Z')) continue;
			const at = { at: new Date(moment + 60_000) };
			const time = new Date(moment).toISOString();
			const user = ['otieno', 'wanjiku', 'njeri'][(month + day) % 3];
			const data = { bytes: 100 * month + day, user, branch: month % 2 ? 'Nakuru' : 'Eldoret' };
			await recordEvents([usageEvent(mavuno.businessId, { time, data })], erp, at);
			if (month < 4)
				await recordEvents(
					[usageEvent(mavuno.businessId, { time, type: 'erp.level', data: { value: month } })],
					erp,
					at
				);
			await recordEvents(
				[usageEvent(pwani.businessId, { time, data, type: 'sacco.data.transferred' })],
				sacco,
				at
			);
		}
	}
}, 60_000);
afterEach(() => runtime.stop());

const nairobi = (date: string) => new Date(`${date}T00:00:00+03:00`);
/** Whole days; the last ends the year and a half. */
const spans = [
	{ from: nairobi('2025-06-01'), to: nairobi('2026-12-01') },
	{ from: nairobi('2025-06-01'), to: nairobi('2025-09-15') },
	{ from: nairobi('2025-09-28'), to: nairobi('2025-11-15') },
	{ from: nairobi('2025-10-01'), to: nairobi('2025-11-01') }
];

/** Everything that is asked of totals of whole days, for both businesses. */
const figures = () =>
	Promise.all(
		[fixture.mavuno, fixture.pwani].flatMap((member) =>
			spans.map((span) =>
				withBusiness(member, async (scope) => [
					await listUsage(scope, span),
					await exploreUsage(scope, { ...span, granularity: 'month', compare: 'previous' }),
					await exploreUsage(scope, { ...span, granularity: 'week', by: 'user' }),
					await exploreUsage(scope, { ...span, by: 'branch', people: ['otieno'] }),
					await readConsumption(scope, {
						...span,
						previous: span,
						productIds: [fixture.erp.productId]
					})
				])
			)
		)
	);

const countHours = () =>
	withSystem('test', async ({ db }) => {
		const counts: Record<string, number> = {};
		for (const table of [
			'usage.hours',
			'usage.slices',
			'usage.unique_hours',
			'usage.level_hours'
		] as const) {
			const { oldest } = await db
				.selectFrom(table)
				.select(({ fn }) => fn.min('hour').as('oldest'))
				.executeTakeFirstOrThrow();
			counts[table] = oldest?.getTime() ?? 0;
		}
		return counts;
	});

const kept = nairobi('2025-10-01');

it('drops hours older than thirteen months, and changes no total of either business', async () => {
	const before = await figures();
	expect(JSON.stringify(before)).toContain('wanjiku');
	expect((await countHours())['usage.level_hours']).toBeGreaterThan(0);
	expect(await foldOldHours()).toBe(2);
	// Half past midnight of the first, in Nairobi.
	const first = kept.getTime();
	expect(await countHours()).toEqual({
		'usage.hours': first,
		'usage.slices': first,
		'usage.unique_hours': first,
		// The last level is older.
		'usage.level_hours': 0
	});
	expect(await figures()).toEqual(before);
	expect(await foldOldHours()).toBe(0);
});

it('keeps as many months as it is told to, or all', async () => {
	const hours = await countHours();
	await withSystem('test', (scope) => saveRetention(scope, { hourMonths: 0 }));
	expect(await foldOldHours()).toBe(0);
	expect(await countHours()).toEqual(hours);
	const before = await figures();
	await withSystem('test', (scope) => saveRetention(scope, { hourMonths: 2 }));
	expect(await foldOldHours()).toBe(2);
	expect((await countHours())['usage.hours']).toBe(nairobi('2026-09-01').getTime());
	expect(await figures()).toEqual(before);
	await expect(
		withSystem('test', (scope) => saveRetention(scope, { hourMonths: 1 }))
	).rejects.toMatchObject({ code: 'invalid' });
});

describe('where hours have gone', () => {
	it('answers by day what is asked by hour, and says from when on there are hours', async () => {
		const ask = (from: string, to: string) =>
			withBusiness(fixture.mavuno, (scope) =>
				exploreUsage(scope, {
					from: new Date(from),
					to: new Date(to),
					granularity: 'hour',
					meters: ['data']
				})
			);
		const by = ({ granularity, hoursFrom, steps, meters }: Awaited<ReturnType<typeof ask>>) => ({
			granularity,
			hoursFrom,
			steps: steps.length,
			total: meters[0]?.total
		});
		const old = ['2025-09-14T06:00:00Z', '2025-09-14T12:00:00Z'] as const;
		const asked = { granularity: 'hour', hoursFrom: null };
		expect(by(await ask(...old))).toEqual({ ...asked, steps: 6, total: '314' });
		await foldOldHours();
		expect(by(await ask(...old))).toEqual({
			granularity: 'day',
			hoursFrom: kept,
			steps: 1,
			total: '314'
		});
		const recent = ['2025-10-14T06:00:00Z', '2025-10-14T12:00:00Z'] as const;
		expect(by(await ask(...recent))).toEqual({ ...asked, steps: 6, total: '414' });
	});

	it('takes in every day that a span touches', async () => {
		const read = (from: string, to: string) =>
			withBusiness(fixture.mavuno, async (scope) => {
				const all = await listUsage(scope, { from: new Date(from), to: new Date(to) });
				return ['data', 'active-users'].map(
					(slug) =>
						all.find(
							({ meter, productId }) => meter === slug && productId === fixture.erp.productId
						)?.total
				);
			});
		await foldOldHours();
		// From the noon of one day on which something was, to the noon of another.
		expect(await read('2025-08-14T09:00:00Z', '2025-08-28T09:00:00Z')).toEqual(['442', '2']);
		expect(await read('2025-08-14T12:00:00Z', '2025-08-14T13:00:00Z')).toEqual(['214', '1']);
		// Only the older end has gone: October is there by the hour.
		expect(await read('2025-09-28T20:00:00Z', '2025-10-14T09:00:00Z')).toEqual(['729', '2']);
	});

	it('a level that was last read then is still known', async () => {
		const read = () =>
			withBusiness(fixture.mavuno, async (scope) => [
				await readLatest(scope, { meter: 'members' }),
				(await listUsage(scope, spans[0] ?? { from: kept, to: kept })).find(
					({ meter }) => meter === 'members'
				)
			]);
		const before = await read();
		expect(before[0]).toMatchObject({ value: '3' });
		await foldOldHours();
		expect(await read()).toEqual(before);
	});

	it('nothing is counted anew, and what is counted anew after leaves them as they are', async () => {
		const ask = (from: Date, meter: string) =>
			withSystem('test', (scope) => recountMeter(scope, { product: 'erp', meter, from }));
		const before = await figures();
		await foldOldHours();
		const leave = await openQueue();
		await expect(ask(nairobi('2025-09-30'), 'data')).rejects.toMatchObject({
			code: 'hours_folded'
		});
		for (const meter of ['data', 'active-users', 'members']) {
			const { id } = await ask(kept, meter);
			await recount(id, { afterMs: 0 });
		}
		await leave();
		expect(await figures()).toEqual(before);
	});

	it('they wait for a recount that still makes them', async () => {
		const leave = await openQueue();
		const { id } = await withSystem('test', (scope) =>
			recountMeter(scope, { product: 'erp', meter: 'data', from: nairobi('2025-09-01') })
		);
		await leave();
		expect(await foldOldHours()).toBe(0);
		await recount(id, { afterMs: 0 });
		expect(await foldOldHours()).toBe(2);
	});

	it('days stay in the zone that a business has left, and no total changes', async () => {
		const { mavuno } = fixture;
		const daysOf = () =>
			withSystem('test', ({ db }) =>
				db
					.selectFrom('usage.days')
					.select(['meter_id', 'day', 'sum', 'count'])
					.where('business_id', '=', mavuno.businessId)
					.orderBy('meter_id')
					.orderBy('day')
					.execute()
			);
		const sumOf = (days: Awaited<ReturnType<typeof daysOf>>) =>
			days.reduce((sum, { sum: bytes, count }) => sum + Number(bytes) + Number(count), 0);
		await foldOldHours();
		const before = await daysOf();
		const folded = ({ day }: { day: string }) => day < '2025-10-01';
		for (const timeZone of ['Europe/London', 'Pacific/Auckland', 'Africa/Nairobi']) {
			await withSystem('test', (scope) =>
				refoldDays(scope, { businessId: mavuno.businessId, timeZone })
			);
			const after = await daysOf();
			expect(after.filter(folded)).toEqual(before.filter(folded));
			expect(sumOf(after)).toBe(sumOf(before));
			if (timeZone === 'Africa/Nairobi') expect(after).toEqual(before);
			if (timeZone === 'Europe/London') expect(after).not.toEqual(before);
		}
	});

	it('closed periods keep what they came to, also where the business has moved', async () => {
		const { mavuno, erp } = fixture;
		const close = (start: string, end: string) =>
			withSystem('test', (scope) =>
				closePeriod(scope, { businessId: mavuno.businessId, productId: erp.productId, start, end })
			);
		const move = (timeZone: string) =>
			withSystem('test', (scope) => refoldDays(scope, { businessId: mavuno.businessId, timeZone }));
		const adjustments = () => withBusiness(mavuno, (scope) => listAdjustments(scope, {}));
		// What came late for the September that was closed before.
		await close('2025-08-01', '2025-09-01');
		await close('2025-09-01', '2025-10-01');
		await close('2025-09-15', '2025-10-15');
		await withSystem('test', ({ db }) =>
			db
				.updateTable('usage.closed_quantities')
				.set(({ eb }) => ({ quantity: eb('quantity', '-', '1') }))
				.where('start_on', '=', '2025-09-01')
				.execute()
		);
		const before = await adjustments();
		expect(before.map(({ difference }) => difference)).toContain('1');
		await move('Europe/London');
		expect(await adjustments()).toEqual(before);
		await foldOldHours();
		expect(await adjustments()).toEqual(before);
		await move('Pacific/Auckland');
		expect(await adjustments()).toEqual(before);
		await move('Africa/Nairobi');
		expect(await adjustments()).toEqual(before);
	});
});
