import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	dropOldEvents,
	listOldMonths,
	listUsage,
	readRetention,
	recordEvents,
	saveRetention,
	traceEvent
} from './index.ts';
import { keptSince, requireEventsSince } from './retention.ts';

let runtime: TestRuntime;
let fixture: Metered;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	// Two years of both businesses, an event in the middle of each month.
	for (let month = 0; month < 24; month++) {
		const time = new Date(Date.UTC(2024, 11 + month, 15, 9, 30)).toISOString();
		const at = new Date(Date.UTC(2024, 11 + month, 15, 10));
		const id = `month-${month}`;
		await recordEvents([usageEvent(fixture.mavuno.businessId, { id, time })], fixture.erp, { at });
		await recordEvents(
			[usageEvent(fixture.pwani.businessId, { id, time, type: 'sacco.data.transferred' })],
			fixture.sacco,
			{ at }
		);
	}
}, 60_000);
afterAll(() => runtime.stop());

const inSystem = <R>(work: Parameters<typeof withSystem<R>>[1]): Promise<R> =>
	withSystem('test', work);

const figures = () =>
	Promise.all(
		[fixture.mavuno, fixture.pwani].map((member) =>
			withBusiness(member, (scope) =>
				listUsage(scope, { from: new Date('2024-01-01'), to: new Date('2026-12-01') })
			)
		)
	);

const storedMonths = () =>
	inSystem(async ({ db }) => {
		const { rows } = await sql<{ month: string; count: number }>`
			select to_char(occurred_at at time zone 'UTC', 'YYYY-MM') as month, count(*)::int as count
			from usage.events group by 1 order by 1`.execute(db);
		return rows;
	});

const drop = (month: string) =>
	inSystem(({ db }) => sql`select usage.drop_month(${month}::date)`.execute(db));

it('keeps thirteen months unless told otherwise, and at least two', async () => {
	expect(await inSystem((scope) => readRetention(scope, {}))).toEqual({
		eventMonths: 13,
		hourMonths: 13
	});
	for (const eventMonths of [1, -1, 2.5, 1_201])
		await expect(inSystem((scope) => saveRetention(scope, { eventMonths }))).rejects.toMatchObject({
			code: 'invalid'
		});
});

it('keeps everything when told to', async () => {
	await inSystem((scope) => saveRetention(scope, { eventMonths: 0 }));
	expect(await inSystem((scope) => listOldMonths(scope, {}))).toEqual([]);
	await inSystem((scope) => saveRetention(scope, { eventMonths: 13 }));
});

it('drops whole months of events that are older, and changes no total of either business', async () => {
	const before = await figures();
	for (const [figures, { productId }] of [
		[before[0], fixture.erp],
		[before[1], fixture.sacco]
	] as const)
		expect(figures).toContainEqual(
			expect.objectContaining({ productId, meter: 'data', total: String(24 * 100) })
		);
	// In November 2026 thirteen months before it are kept: October 2025 is the first.
	expect(await dropOldEvents()).toEqual(
		Array.from({ length: 10 }, (_, month) =>
			new Date(Date.UTC(2024, 11 + month, 1)).toISOString().slice(0, 10)
		)
	);
	expect(await figures()).toEqual(before);
	const left = await storedMonths();
	expect(left).toHaveLength(14);
	expect(left[0]).toEqual({ month: '2025-10', count: 2 });
	expect(await dropOldEvents()).toEqual([]);
});

it('still knows an event that was dropped: a repetition does not count', async () => {
	const before = await figures();
	const again = usageEvent(fixture.mavuno.businessId, {
		id: 'month-0',
		time: '2026-11-25T08:00:00Z'
	});
	expect(await recordEvents([again], fixture.erp)).toEqual({ received: 1, new: 0, known: 1 });
	expect(await figures()).toEqual(before);
});

it('says of a dropped event when it was dropped, and of a stored one what meters took', async () => {
	const trace = (id: string) =>
		inSystem((scope) =>
			traceEvent(scope, {
				businessId: fixture.mavuno.businessId,
				productId: fixture.erp.productId,
				source: usageEvent(fixture.mavuno.businessId, {}).source,
				id
			})
		);
	expect(await trace('month-0')).toEqual({
		time: new Date('2024-12-15T09:30:00Z'),
		hour: new Date('2024-12-15T09:00:00Z'),
		day: '2024-12-15',
		event: null,
		droppedAt: expect.any(Date) as Date,
		counted: [],
		corrections: []
	});
	expect(await trace('month-20')).toMatchObject({
		droppedAt: null,
		event: { id: 'month-20', data: { bytes: 100 } },
		counted: [
			{ meter: 'active-users', version: 1, value: 'otieno', dimensions: null, adjusts: [] },
			{
				meter: 'data',
				version: 1,
				value: '100',
				dimensions: { user: 'otieno', branch: 'Nakuru' }
			}
		]
	});
});

it('refuses to count hours anew whose events were dropped', async () => {
	expect(await inSystem(keptSince)).toEqual(new Date('2025-10-01T00:00:00Z'));
	await expect(
		inSystem((scope) => requireEventsSince(scope, new Date('2025-09-30T23:00:00Z')))
	).rejects.toMatchObject({ code: 'events_dropped' });
	await inSystem((scope) => requireEventsSince(scope, new Date('2025-10-01T00:00:00Z')));
});

it('drops no month in which events can still come, whoever asks, and nothing through another door', async () => {
	const { rows } = await inSystem(({ db }) =>
		sql<{ month: string }>`
			select (date_trunc('month', now() - interval '38 days'))::date::text as month`.execute(db)
	);
	await expect(drop(rows[0]?.month ?? '')).rejects.toThrow(/can still come/);
	await expect(drop('2025-11-02')).rejects.toThrow(/not the first day/);
	await expect(
		withBusiness(fixture.mavuno, ({ db }) =>
			sql`select usage.drop_month('2025-11-01'::date)`.execute(db)
		)
	).rejects.toThrow(/permission denied/);
	expect(await storedMonths()).toHaveLength(14);
});

it('does not let those who count wait: a month that is in use is left for another night', async () => {
	await inSystem((scope) => saveRetention(scope, { eventMonths: 12 }));
	await inSystem(async ({ db }) => {
		await sql`select count(*) from usage.events`.execute(db);
		expect(await dropOldEvents()).toEqual([]);
	});
	expect(await dropOldEvents()).toEqual(['2025-10-01']);
});
