import { sql } from 'kysely';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { openQueue } from '#server/platform/jobs.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	closePeriod,
	defineMeter,
	foldOldHours,
	listAdjustments,
	listEvents,
	readMinutes,
	readUsage,
	recordEvents,
	recountMeter,
	traceEvent,
	type UsageEvent
} from './index.ts';
import { sweepLevels } from './levels.ts';
import { memory } from './memory.ts';
import { recount } from './recount.ts';

let runtime: TestRuntime;
let fixture: Metered;
let owner: pg.Client;

// A database for each test: figures begin at nothing.
beforeEach(async () => {
	runtime = await startTestRuntime();
	runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
	fixture = await createMetered();
	owner = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await owner.connect();
	return async () => {
		await owner.end();
		await runtime.stop();
	};
});

const kinds = {
	data: 'erp.data.transferred',
	'active-users': 'erp.data.transferred',
	records: 'erp.record.saved',
	peak: 'erp.load',
	members: 'erp.level'
};

const send = (...events: UsageEvent[]) => recordEvents(events, fixture.erp);

const transfer = (id: string, more: Parameters<typeof usageEvent>[1] = {}) =>
	usageEvent(fixture.mavuno.businessId, { id, ...more });

const correct = (corrects: string, id: string, data?: unknown, type = kinds.data) =>
	usageEvent(fixture.mavuno.businessId, {
		id,
		type,
		corrects,
		data,
		time: '2026-11-25T09:04:00Z'
	});

async function total(
	meter: keyof typeof kinds,
	more: { from?: string; to?: string } = {}
): Promise<string | null> {
	const { from = '2026-11-25T08:00:00Z', to = '2026-11-25T09:00:00Z' } = more;
	const read = await withBusiness(fixture.mavuno, (scope) =>
		readUsage(scope, {
			meter: { productId: fixture.erp.productId, meter },
			from: new Date(from),
			to: new Date(to)
		})
	);
	return read.total;
}

const trace = (id: string) =>
	withSystem('test', (scope) =>
		traceEvent(scope, {
			businessId: fixture.mavuno.businessId,
			productId: fixture.erp.productId,
			source: '/erp/nairobi',
			id
		})
	);

it('a correction counts instead of its original, in the hour of that one', async () => {
	const { pwani, sacco } = fixture;
	const type = 'sacco.data.transferred';
	const other = () => usageEvent(pwani.businessId, { id: 'wrong', type, data: { bytes: 5 } });
	await recordEvents([other()], sacco);
	await send(
		transfer('wrong', { data: { bytes: 4096, user: 'otieno', branch: 'Nakuru' } }),
		transfer('right', { data: { bytes: 10, user: 'njeri', branch: 'Nakuru' } })
	);
	const answer = await send(
		correct('wrong', 'fix', { bytes: '512.5', user: 'wanjiku', branch: 'Eldoret' })
	);
	expect(answer).toEqual({ received: 1, new: 1, known: 0 });
	expect(await total('data')).toBe('522.5');
	const { rows: slices } = await owner.query(
		`select d.dimensions ->> 'user' as user, trim_scale(h.sum)::text as hour, trim_scale(t.sum)::text as day
		from usage.slices h join usage.day_slices t using (business_id, meter_id, set_id)
		join usage.dimension_sets d on d.business_id = h.business_id and d.id = h.set_id order by 1`
	);
	expect(slices).toEqual([
		{ user: 'njeri', hour: '10', day: '10' },
		{ user: 'wanjiku', hour: '512.5', day: '512.5' }
	]);
	expect(await total('active-users')).toBe('2');
	const nine = { from: '2026-11-25T09:00:00Z', to: '2026-11-25T10:00:00Z' };
	expect(await total('data', nine)).toBeNull();
	// Pwani sent one of the same name.
	const { rows } = await owner.query(
		'select trim_scale(sum)::text as sum from usage.hours where business_id = $1',
		[pwani.businessId]
	);
	expect(rows).toEqual([{ sum: '5' }]);
});

it.each<[keyof typeof kinds, unknown[], unknown, string, string]>([
	['peak', [3, 12, 7], 5, '12', '7'],
	['peak', [3, 12, 7], 20, '12', '20'],
	['members', [156, 160], 157, '160', '157'],
	['data', ['0.1', '0.2'], '9007199254740993', '0.3', '9007199254740993.1']
])('%s of %j, the second corrected to %j, was %s and is %s', async (meter, values, to, was, is) => {
	const dataOf = (value: unknown) => ({ value, bytes: value, user: 'otieno' });
	for (const [index, value] of values.entries())
		await send(
			transfer(`${index}`, {
				type: kinds[meter],
				data: dataOf(value),
				time: '2026-11-25T08:30:00Z'
			})
		);
	expect(await total(meter)).toBe(was);
	await send(correct('1', 'fix', dataOf(to), kinds[meter]));
	expect(await total(meter)).toBe(is);
});

it('a correction without data takes its original out, and a later one puts something in again', async () => {
	await send(
		transfer('one', { type: kinds.records, data: { branch: 'Nakuru' } }),
		transfer('only', { data: { bytes: 7, user: 'otieno', branch: 'Nakuru' } })
	);
	await send(correct('one', 'gone', null, kinds.records), correct('only', 'gone-too'));
	expect(await total('records')).toBe('0');
	expect(await total('data')).toBeNull();
	expect(await total('active-users')).toBe('0');
	const { rows } = await owner.query(
		`select from usage.hours union all select from usage.slices union all select from usage.days
		union all select from usage.day_slices union all select from usage.uniques
		union all select from usage.unique_hours union all select from usage.unique_days
		union all select from usage.minutes`
	);
	expect(rows).toHaveLength(0);
	expect((await trace('only')).counted).toEqual([]);
	expect((await trace('gone-too')).counted).toEqual([]);

	await send(correct('only', 'back', { bytes: 8, user: 'otieno' }));
	expect(await total('data')).toBe('8');
	expect(await total('active-users')).toBe('1');
});

it('bytes that are no JSON are data: they count where events are counted', async () => {
	await send(transfer('one', { type: kinds.records }));
	const bytes = correct('one', 'bytes', undefined, kinds.records);
	await send({ ...bytes, attributes: { data_base64: 'aGFsbG8=' } });
	expect(await total('records')).toBe('1');
	expect(await trace('bytes')).toMatchObject({ counted: [{ meter: 'records' }] });
});

it('the same correction again counts nothing; of several the last to come stands, whichever it names', async () => {
	await send(transfer('first', { data: { bytes: 1, user: 'otieno' } }));
	await send(correct('first', 'second', { bytes: 20, user: 'otieno' }));
	const again = await send(correct('first', 'second', { bytes: 99, user: 'otieno' }));
	expect(again).toEqual({ received: 1, new: 0, known: 1 });
	expect(await total('data')).toBe('20');
	await send(correct('first', 'third', { bytes: 300, user: 'otieno' }));
	expect(await total('data')).toBe('300');
	await send(correct('second', 'fourth', { bytes: 4_000, user: 'otieno' }));
	expect(await total('data')).toBe('4000');
	// What was sent before all this is known too.
	expect(await send(transfer('first'))).toMatchObject({ new: 0 });
	expect(await total('data')).toBe('4000');

	const sentAt = new Date('2026-11-25T09:04:00Z');
	const chain = [
		{ id: 'first', sentAt: new Date('2026-11-25T08:30:00Z'), counts: false },
		{ id: 'second', sentAt, counts: false },
		{ id: 'third', sentAt, counts: false },
		{ id: 'fourth', sentAt, counts: true }
	];
	for (const { id } of chain) expect((await trace(id)).corrections).toMatchObject(chain);
	expect(await trace('second')).toMatchObject({
		time: new Date('2026-11-25T08:30:00Z'),
		event: { corrects: 'first', correctedBy: 'third', sentAt, attributes: null },
		counted: []
	});
	expect(await trace('fourth')).toMatchObject({
		event: { corrects: 'second', correctedBy: null },
		counted: [{ meter: 'active-users' }, { meter: 'data', value: '4000' }]
	});
	const { events } = await withSystem('test', (scope) =>
		listEvents(scope, {
			businessId: fixture.mavuno.businessId,
			productId: fixture.erp.productId,
			limit: 10
		})
	);
	expect(new Map(events.map(({ id, correctedBy }) => [id, correctedBy]))).toEqual(
		new Map([
			['first', 'second'],
			['second', 'third'],
			['third', 'fourth'],
			['fourth', null]
		])
	);
});

it.each([
	['after', [0, 1, 2]],
	['before', [2, 1, 0]]
])('a batch may bring corrections %s what they correct', async (_name, order) => {
	const events = [
		transfer('first', { data: { bytes: 1, user: 'otieno' } }),
		correct('first', 'second', { bytes: 20, user: 'njeri' }),
		correct('second', 'third', { bytes: 300, user: 'wanjiku' })
	];
	const batch = order.flatMap((index) => events[index] ?? []);
	expect(await send(...batch)).toMatchObject({ new: 3 });
	expect(await total('data')).toBe('300');
	expect(await total('active-users')).toBe('1');
	expect(await send(...batch)).toMatchObject({ new: 0, known: 3 });
	expect(await total('data')).toBe('300');
});

describe('is refused, and nothing of its batch is taken', () => {
	it.each<[string, string, () => Partial<UsageEvent>]>([
		['what names nothing', 'unknown_original', () => ({ corrects: 'never' })],
		['what names an event of another source', 'unknown_original', () => ({ source: '/else' })],
		['what names an event of another type', 'unknown_original', () => ({ type: kinds.peak })],
		['what names an event of another product', 'unknown_original', () => ({ corrects: 'sacco' })],
		['what names an event of another business', 'unknown_original', () => ({ corrects: 'pwani' })],
		['what names itself', 'corrects_itself', () => ({ corrects: 'fix' })],
		['what meters cannot read', 'invalid_value', () => ({ data: { bytes: 'much', user: 'a' } })],
		['what comes from ahead', 'time_too_far_ahead', () => ({ time: Date.parse('2026-11-26') })]
	])('%s', async (_name, code, more) => {
		const { mavuno, pwani, sacco } = fixture;
		const type = 'sacco.data.transferred';
		await recordEvents([usageEvent(mavuno.businessId, { id: 'sacco', type })], sacco);
		await recordEvents([usageEvent(pwani.businessId, { id: 'pwani', type })], sacco);
		await send(transfer('one'));
		const fix = { ...correct('one', 'fix', { bytes: 1, value: 1, user: 'njeri' }), ...more() };
		await expect(send(transfer('two'), fix)).rejects.toMatchObject({
			code,
			status: 422,
			issues: [{ code, index: 1 }]
		});
		expect(await total('data')).toBe('100');
		expect(await send(transfer('two'))).toMatchObject({ new: 1 });
	});

	it('two that name each other', async () => {
		const fixes = [correct('b', 'a', { bytes: 1 }), correct('a', 'b', { bytes: 1 })];
		await expect(send(...fixes)).rejects.toMatchObject({ code: 'unknown_original' });
	});

	it('what names an event that is no longer stored; its repetition stays known', async () => {
		const old = '2025-01-15T08:00:00Z';
		const at = new Date('2025-01-15T09:00:00Z');
		await recordEvents([transfer('old', { time: old })], fixture.erp, { at });
		await send(correct('old', 'early', { bytes: 5, user: 'njeri' }));
		const january = { from: '2025-01-01T00:00:00Z', to: '2025-02-01T00:00:00Z' };
		expect(await total('data', january)).toBe('5');
		await withSystem('test', ({ db }) =>
			sql`select usage.drop_month('2025-01-01'::date)`.execute(db)
		);
		const fix = correct('old', 'late', { bytes: 6, user: 'njeri' });
		await expect(send(fix)).rejects.toMatchObject({ code: 'original_dropped' });
		expect(await send(correct('old', 'early'))).toMatchObject({ known: 1 });
		expect(await total('data', january)).toBe('5');
	});

	it('what names an event whose hour was folded into its day', async () => {
		const old = '2025-09-15T08:00:00Z';
		const at = new Date('2025-09-15T09:00:00Z');
		await recordEvents([transfer('old', { time: old })], fixture.erp, { at });
		expect(await foldOldHours()).toBe(1);
		const fix = correct('old', 'late', { bytes: 6, user: 'njeri' });
		await expect(send(fix)).rejects.toMatchObject({ code: 'original_dropped' });
	});

	it('more than a hundred corrections', async () => {
		const fixes = Array.from({ length: 101 }, (_, index) => correct('one', `fix-${index}`));
		await expect(send(...fixes)).rejects.toMatchObject({ code: 'too_many_corrections' });
	});
});

it('a closed period stays as it was: a correction shows there as an adjustment', async () => {
	const { mavuno, pwani, erp } = fixture;
	const { productId } = erp;
	await send(transfer('one', { time: '2026-10-31T08:00:00Z' }));
	const period = { productId, start: '2026-10-01', end: '2026-11-01' };
	for (const { businessId } of [mavuno, pwani])
		await withSystem('test', (scope) => closePeriod(scope, { businessId, ...period }));
	runtime.clock.set(new Date('2026-11-25T09:01:00Z'));
	await send(correct('one', 'fix', { bytes: 70, user: 'otieno' }));
	const adjustments = (member: Member) =>
		withBusiness(member, (scope) => listAdjustments(scope, { productId }));
	expect(await adjustments(mavuno)).toMatchObject([
		{ meter: 'data', closed: '100', now: '70', difference: '-30' }
	]);
	expect(await adjustments(pwani)).toEqual([]);
	expect((await trace('fix')).counted).toMatchObject([
		{ meter: 'active-users' },
		{ meter: 'data', adjusts: [{ start: '2026-10-01', end: '2026-11-01' }] }
	]);
});

it('a level of long ago is corrected too, whose readings were swept', async () => {
	const { mavuno, erp } = fixture;
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'erp',
			slug: 'member-hours',
			name: 'Member hours',
			eventType: kinds.members,
			aggregation: 'weighted',
			valueProperty: 'value',
			unit: 'hours'
		})
	);
	const at = new Date('2026-06-01T09:00:00Z');
	for (const [minute, value] of [10, 20, 30].entries()) {
		const time = `2026-06-01T08:${minute}0:00Z`;
		const event = { id: `level-${minute}`, type: kinds.members, time, data: { value } };
		await recordEvents([usageEvent(mavuno.businessId, event)], erp, { at });
	}
	await withSystem('test', sweepLevels);
	await send(correct('level-1', 'fix', { value: 26 }, kinds.members));
	const { total: area } = await withBusiness(mavuno, (scope) =>
		readUsage(scope, {
			meter: 'member-hours',
			from: new Date('2026-06-01T08:00:00Z'),
			to: new Date('2026-06-01T09:00:00Z')
		})
	);
	// Ten minutes of 10, ten of 26, forty of 30.
	expect(area).toBe('26');
});

it('the live minutes follow', async () => {
	const at = (time: string) => new Date(`2026-11-25T${time}:00Z`);
	await send(transfer('one', { time: '2026-11-25T08:30:10Z' }));
	await send(transfer('two', { time: '2026-11-25T08:31:10Z' }));
	await send(correct('one', 'fix', { bytes: 7, user: 'otieno' }));
	const minutes = await withBusiness(fixture.mavuno, (scope) =>
		readMinutes(scope, {
			meter: { productId: fixture.erp.productId, meter: 'data' },
			from: at('08:30'),
			to: at('08:32')
		})
	);
	expect(minutes.map(({ value }) => value)).toEqual([7, 100]);
});

it('a later recount comes to the same', async () => {
	await send(transfer('one'), transfer('two'), transfer('three'));
	await send(
		correct('one', 'fix', { bytes: 7, user: 'njeri', branch: 'Eldoret' }),
		correct('two', 'gone')
	);
	const leave = await openQueue();
	for (const meter of ['data', 'active-users'] as const) {
		const before = await total(meter);
		const { id } = await withSystem('test', (scope) =>
			recountMeter(scope, { product: 'erp', meter, from: new Date('2026-11-01T00:00:00Z') })
		);
		memory().meters = null;
		expect(await recount(id, { afterMs: 0 })).toBe(true);
		expect(await total(meter)).toBe(before);
	}
	await leave();
	expect(await total('data')).toBe('107');
	expect(await total('active-users')).toBe('2');
});

it('a value that a process remembers is written again after it was taken out', async () => {
	await send(transfer('one'), transfer('two', { time: '2026-11-25T07:00:00Z' }));
	// Now it is remembered of both hours.
	await send(transfer('three'), transfer('four', { time: '2026-11-25T07:00:00Z' }));
	await send(correct('one', 'gone'), correct('three', 'gone-too'));
	expect(await total('active-users')).toBe('0');
	await send(transfer('five'), transfer('six', { time: '2026-11-25T07:00:00Z' }));
	expect(await total('active-users')).toBe('1');
	await send(transfer('seven'));
	expect(await total('active-users')).toBe('1');
	expect(await total('data')).toBe('200');
});

describe('beside others', () => {
	/** Nothing can be corrected until it is let go. */
	const hold = async (): Promise<() => Promise<void>> => {
		await owner.query('begin; lock table usage.corrections in exclusive mode');
		return async () => {
			await owner.query('commit');
		};
	};

	it('a correction that takes its time keeps nobody waiting', async () => {
		await send(transfer('one'));
		const letGo = await hold();
		const correcting = send(correct('one', 'fix', { bytes: 7, user: 'njeri' }));
		for (let index = 0; index < 5; index++) await send(transfer(`beside-${index}`));
		expect(await total('data')).toBe('600');
		await letGo();
		expect(await correcting).toMatchObject({ new: 1 });
		expect(await total('data')).toBe('507');
	});

	it('of a flood of corrections what can be made in time is made, and the rest is turned away', async () => {
		const names = Array.from({ length: 25 }, (_, batch) =>
			Array.from({ length: 100 }, (_, index) => `${batch}-${index}`)
		);
		for (const batch of names) await send(...batch.map((id) => transfer(id)));
		const letGo = await hold();
		let turnedAway = 0;
		const answers = await Promise.all(
			names.map(async (batch) => {
				const fixes = batch.map((id) =>
					correct(id, `fix-${id}`, { bytes: 1, user: 'otieno', branch: 'Nakuru' })
				);
				try {
					return await send(...fixes);
				} catch (error) {
					expect(error).toMatchObject({ code: 'too_many', status: 429 });
					turnedAway += 1;
					if (turnedAway === 4) await letGo();
					return { new: 0 };
				}
			})
		);
		const made = answers.reduce((sum, answer) => sum + answer.new, 0);
		expect(turnedAway).toBeGreaterThanOrEqual(4);
		expect(made).toBeGreaterThan(0);
		expect(await total('data')).toBe(String(2_500 * 100 - made * 99));
	});
});
