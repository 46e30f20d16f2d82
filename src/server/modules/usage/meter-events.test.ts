import pg from 'pg';
import { beforeEach, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden, NotFound } from '#server/platform/errors.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { closePeriod, listMeterEvents, readClosedQuantity, recordEvents } from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

beforeEach(async () => {
	runtime = await startTestRuntime();
	runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
	fixture = await createMetered();
	return () => runtime.stop();
});

const november = { from: new Date('2026-10-31T21:00:00Z'), to: new Date('2026-11-30T21:00:00Z') };

function list(
	meter: string,
	more: { before?: { time: Date; key: string }; limit?: number; from?: Date } = {},
	member = fixture.mavuno
) {
	return withBusiness(member, (scope) =>
		listMeterEvents(scope, {
			productId: fixture.erp.productId,
			meter,
			...november,
			limit: 100,
			...more
		})
	);
}

it('gives what a meter counts, newest first, with its values and dimensions, page by page', async () => {
	const { mavuno, erp } = fixture;
	await recordEvents(
		[1, 2, 3, 4, 5].map((hour) =>
			usageEvent(mavuno.businessId, {
				id: `e${hour}`,
				time: `2026-11-24T0${hour}:00:00Z`,
				data: { bytes: hour * 100, user: 'otieno', branch: 'Nakuru', note: 'not a dimension' }
			})
		),
		erp
	);
	await recordEvents(
		[usageEvent(mavuno.businessId, { id: 'saved', type: 'erp.record.saved' })],
		erp
	);
	const first = await list('data', { limit: 2 });
	expect(first.events).toMatchObject([
		{ id: 'e5', value: '500', dimensions: { user: 'otieno', branch: 'Nakuru' }, corrects: null },
		{ id: 'e4', value: '400' }
	]);
	expect(first.events[0]?.dimensions).not.toHaveProperty('note');
	expect(first.keptFrom).toBeNull();
	const second = await list('data', {
		limit: 2,
		before: first.next ?? { time: new Date(), key: '' }
	});
	expect(second.events.map(({ id }) => id)).toEqual(['e3', 'e2']);
	const third = await list('data', {
		limit: 2,
		before: second.next ?? { time: new Date(), key: '' }
	});
	expect(third.events.map(({ id }) => id)).toEqual(['e1']);
	expect(third.next).toBeNull();
	expect((await list('records')).events).toMatchObject([{ id: 'saved', value: null }]);
	expect((await list('active-users')).events).toHaveLength(5);
	expect((await list('active-users')).events[0]?.value).toBe('otieno');
});

it('has a correction in the place of what it corrects, and nothing for what was taken out', async () => {
	const { mavuno, erp } = fixture;
	await recordEvents(
		['a', 'b', 'c'].map((id) => usageEvent(mavuno.businessId, { id })),
		erp
	);
	await recordEvents(
		[
			usageEvent(mavuno.businessId, {
				id: 'b2',
				corrects: 'b',
				data: { bytes: 7, user: 'otieno' }
			}),
			usageEvent(mavuno.businessId, { id: 'c2', corrects: 'c', data: undefined })
		],
		erp
	);
	const { events } = await list('data');
	expect(
		events
			.map(({ id, value, corrects }) => [id, value, corrects])
			.sort(([one], [other]) => String(one).localeCompare(String(other)))
	).toEqual([
		['a', '100', null],
		['b2', '7', 'b']
	]);
});

it('shows a business its own events alone, and nobody who may not see bills', async () => {
	const { mavuno, pwani, sacco, erp } = fixture;
	await recordEvents([usageEvent(mavuno.businessId, {})], erp);
	await recordEvents(
		[usageEvent(pwani.businessId, { type: 'sacco.data.transferred', data: { bytes: 5 } })],
		sacco
	);
	expect((await list('data', {}, pwani)).events).toEqual([]);
	const clerk = await createMember(mavuno.businessId, 'Clerk', 'clerk@mavuno.example', 'member');
	await expect(list('data', {}, clerk)).rejects.toBeInstanceOf(Forbidden);
	await expect(list('nothing')).rejects.toBeInstanceOf(NotFound);
});

it('says from when on there are events, where older ones were dropped', async () => {
	const owner = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await owner.connect();
	await owner.query(`insert into usage.dropped_months values ('2026-10-01', now())`);
	await owner.end();
	expect((await list('data')).keptFrom).toEqual(new Date('2026-11-01T00:00:00Z'));
	expect((await list('data', { from: new Date('2026-11-02T00:00:00Z') })).keptFrom).toBeNull();
});

it('tells what a period was closed at, whatever came after', async () => {
	const { mavuno, pwani, erp } = fixture;
	const { productId } = erp;
	await recordEvents([usageEvent(mavuno.businessId, { time: '2026-11-20T08:00:00Z' })], erp);
	const period = { productId, start: '2026-11-01', end: '2026-11-25' };
	await withSystem('test', (scope) =>
		closePeriod(scope, { businessId: mavuno.businessId, ...period })
	);
	await recordEvents([usageEvent(mavuno.businessId, { time: '2026-11-21T08:00:00Z' })], erp);
	const closed = (member = mavuno, end = period.end) =>
		withBusiness(member, (scope) => readClosedQuantity(scope, { ...period, end, meter: 'data' }));
	expect(await closed()).toEqual({ quantity: '100', closedAt: new Date('2026-11-25T09:00:00Z') });
	expect(await closed(pwani)).toBeNull();
	expect(await closed(mavuno, '2026-11-24')).toBeNull();
});
