import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden } from '#server/platform/errors.ts';
import { openQueue } from '#server/platform/jobs.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	changeMeter,
	defineMeter,
	listRecounts,
	readUsage,
	recordEvents,
	recountMeter
} from './index.ts';
import { memory } from './memory.ts';
import { recount } from './recount.ts';

let runtime: TestRuntime;
let fixture: Metered;
let owner: pg.Client;
let leave: () => Promise<void>;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	owner = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await owner.connect();
	leave = await openQueue();
});
afterAll(async () => {
	await leave();
	await owner.end();
	await runtime.stop();
});

const ask = (from: string, meter = 'data', product = 'sacco') =>
	withSystem('test', (scope) => recountMeter(scope, { product, meter, from: new Date(from) }));

/** As if every process had heard of it. */
const run = async ({ id }: { id: string }) => {
	memory().meters = null;
	expect(await recount(id, { afterMs: 0 })).toBe(true);
	memory().meters = null;
};

async function totalOf(
	member: Member,
	from: string,
	to: string,
	meter = 'data'
): Promise<string | null> {
	const { total } = await withBusiness(member, (scope) =>
		readUsage(scope, {
			meter: { productId: fixture.sacco.productId, meter },
			from: new Date(from),
			to: new Date(to)
		})
	);
	return total;
}

it('counts from an hour on as the newest version says, for every business', async () => {
	const { mavuno, pwani, sacco } = fixture;
	const type = 'sacco.data.transferred';
	for (const [member, units] of [
		[mavuno, 10],
		[pwani, 1_000]
	] as const)
		for (const time of ['2026-11-24T08:00:00Z', '2026-11-25T06:59:59Z', '2026-11-25T07:00:00Z'])
			await recordEvents(
				[usageEvent(member.businessId, { type, time, data: { bytes: 1, units } })],
				sacco
			);
	// What the new version cannot read counts nothing.
	await recordEvents(
		[usageEvent(pwani.businessId, { type, time: '2026-11-25T07:10:00Z', data: { bytes: 1 } })],
		sacco
	);
	await withSystem('test', (scope) =>
		changeMeter(scope, { product: 'sacco', slug: 'data', valueProperty: 'units' })
	);
	const asked = await ask('2026-11-25T07:30:00Z');
	expect(asked.from).toEqual(new Date('2026-11-25T07:00:00Z'));
	const latest = async () => (await withSystem('test', (scope) => listRecounts(scope, {})))[0];
	const told = {
		id: asked.id,
		product: 'sacco',
		meter: 'data',
		from: asked.from,
		askedAt: runtime.clock.now(),
		of: 2,
		at: null
	};
	expect(await latest()).toEqual({ ...told, done: 0, finishedAt: null });
	await expect(ask('2026-11-25T07:00:00Z')).rejects.toMatchObject({ code: 'recount_running' });
	// Broken off after each piece: it says where it goes on.
	memory().meters = null;
	const seen: unknown[] = [];
	while (!(await recount(asked.id, { afterMs: 0, forMs: 0 }))) {
		const { done, at } = (await latest()) ?? {};
		seen.push([done, at?.toISOString().slice(11, 16)]);
	}
	memory().meters = null;
	expect(seen).toEqual([
		[0, '07:00'],
		[0, '09:00'],
		[1, '07:00'],
		[1, '09:00']
	]);
	expect(await latest()).toEqual({ ...told, done: 2, finishedAt: runtime.clock.now() });
	await expect(withBusiness(mavuno, (scope) => listRecounts(scope, {}))).rejects.toBeInstanceOf(
		Forbidden
	);
	const day = ['2026-11-24T21:00:00Z', '2026-11-25T21:00:00Z'] as const;
	expect(await totalOf(mavuno, ...day)).toBe('11');
	expect(await totalOf(pwani, ...day)).toBe('1001');
	// The hour before is left alone, and what comes now is read by the new version there and then.
	await recordEvents(
		[usageEvent(pwani.businessId, { type, time: '2026-11-25T07:20:00Z', data: { units: 5 } })],
		sacco
	);
	expect(await totalOf(pwani, ...day)).toBe('1006');
	await run(await ask('2026-11-24T00:00:00Z'));
	expect(await totalOf(pwani, ...day)).toBe('2005');
	expect(await totalOf(pwani, '2026-11-23T21:00:00Z', day[1])).toBe('3005');
	expect(await totalOf(mavuno, '2026-11-23T21:00:00Z', day[1])).toBe('30');
});

it('lets a further meter reach back', async () => {
	const { mavuno } = fixture;
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'sacco',
			slug: 'transfers',
			name: 'Transfers',
			eventType: 'sacco.data.transferred',
			aggregation: 'count',
			unit: 'count'
		})
	);
	const span = ['2026-11-23T21:00:00Z', '2026-11-25T21:00:00Z'] as const;
	expect(await totalOf(mavuno, ...span, 'transfers')).toBe('0');
	await run(await ask('2026-10-01T00:00:00Z', 'transfers'));
	expect(await totalOf(mavuno, ...span, 'transfers')).toBe('3');
});

it('turns away for a moment what was read before it began', async () => {
	const { mavuno, erp } = fixture;
	await recordEvents([usageEvent(mavuno.businessId)], erp);
	const asked = await ask('2026-11-25T00:00:00Z', 'data', 'erp');
	const event = usageEvent(mavuno.businessId);
	const sending = recordEvents([event], erp);
	memory().meters = null;
	await expect(sending).rejects.toMatchObject({ code: 'too_many' });
	expect(await recordEvents([event], erp)).toMatchObject({ new: 1 });
	await run(asked);
});

it('goes back no further than there are events', async () => {
	await owner.query(`insert into usage.dropped_months values ('2026-01-01', now())`);
	await expect(ask('2026-01-31T23:00:00Z')).rejects.toMatchObject({ code: 'events_dropped' });
	await expect(ask('2026-02-01T00:00:00Z', 'unheard')).rejects.toMatchObject({ code: 'not_found' });
	await run(await ask('2026-02-01T00:00:00Z'));
});
