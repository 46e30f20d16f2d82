import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember } from '../../../../tests/setup/businesses.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { changeBusiness } from '../businesses/index.ts';
import { readLimit } from './alert-limits.ts';
import {
	fireAlerts,
	listAlerts,
	recordEvents,
	refoldDays,
	removeAlert,
	saveAlert,
	type Alert
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;
let mavuno: Member;
let pwani: Member;
let otieno: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	({ mavuno, pwani } = fixture);
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
});
afterAll(() => runtime.stop());

/** Sets the alert of a meter, or changes the one that it has. */
const save = (input: Partial<Parameters<typeof saveAlert>[1]>, as = mavuno) =>
	withBusiness(as, async (scope) => {
		const wanted = { product: 'erp', meter: 'data', limit: 1_000, ...input };
		const [known] = (await listAlerts(scope, {})).filter(
			({ meter }) => meter.slug === wanted.meter
		);
		return saveAlert(scope, known ? { id: known.id, ...wanted } : wanted);
	});
const list = (as: Member, product = 'erp') =>
	withBusiness(as, (scope) => listAlerts(scope, { product }));
const remove = (as: Member, id: string) => withBusiness(as, (scope) => removeAlert(scope, { id }));
/** A second later each time, since events of one moment have no order. */
function fire(businessIds: string[] | null = null): Promise<number> {
	runtime.clock.set(new Date(runtime.clock.now().getTime() + 1_000));
	return withSystem('test', (scope) => fireAlerts(scope, businessIds));
}

/** The alert of a meter. */
async function alertOf(meter: string): Promise<Alert> {
	const found = (await list(mavuno)).find((alert) => alert.meter.slug === meter);
	if (!found) throw new Error(`Nobody set a limit for ${meter}.`);
	return found;
}

async function record(
	type: string,
	data: Record<string, unknown>,
	time = runtime.clock.now().toISOString()
): Promise<void> {
	await recordEvents([usageEvent(mavuno.businessId, { type, data, time })], fixture.erp);
}
const load = (value: number, time?: string) => record('erp.load', { value }, time);

/** What has been told so far, oldest first, of one meter or all. */
async function told(meter?: string): Promise<{ mark: number; limit: string; value: string }[]> {
	const rows = await withSystem('test', ({ db }) =>
		db
			.selectFrom('platform.events')
			.select(['data', 'business_id'])
			.where('kind', '=', 'usage.alert-fired')
			.orderBy('id')
			.execute()
	);
	return rows
		.map(
			({ data }) => data as unknown as { mark: number; limit: string; value: string; meter: string }
		)
		.filter((event) => meter === undefined || event.meter === meter)
		.map(({ mark, limit, value }) => ({ mark, limit, value }));
}
const marks = async (meter: string) => (await told(meter)).map(({ mark }) => mark);

describe('setting a limit', () => {
	it('is seen by all of its business and by no other, and changed in place', async () => {
		const { id } = await save({ meter: 'records', limit: 200 });
		const [alert] = await list(otieno);
		expect(alert).toEqual({
			id,
			product: expect.objectContaining({ slug: 'erp', name: 'ERP System' }) as unknown,
			meter: { slug: 'records', name: 'Records', unit: 'count', aggregation: 'count' },
			limitOf: 'number',
			limit: '200',
			every: 'month',
			period: { start: '2026-11-01', end: '2026-12-01' },
			marks: [75, 100],
			people: null,
			channels: ['bell', 'mail'],
			action: 'notify',
			value: null,
			fired: []
		});
		expect(await list(pwani)).toEqual([]);
		expect((await save({ meter: 'records', limit: 300, marks: [90, 50] })).id).toBe(id);
		expect(await list(mavuno)).toMatchObject([{ id, limit: '300', marks: [50, 90] }]);
		await remove(mavuno, id);
		expect(await list(mavuno)).toEqual([]);
	});

	it('is for owners and admins, of a product that the business has, and of a meter that it knows', async () => {
		await expect(save({}, otieno)).rejects.toBeInstanceOf(Forbidden);
		await expect(save({}, pwani)).rejects.toBeInstanceOf(Conflict);
		await expect(save({ meter: 'nothing' })).rejects.toBeInstanceOf(NotFound);
		await expect(save({ product: 'nothing' })).rejects.toBeInstanceOf(NotFound);
		await expect(save({ limit: 0 })).rejects.toBeInstanceOf(Invalid);
		await expect(save({ marks: [] })).rejects.toBeInstanceOf(Invalid);
	});

	it('is not for another business to remove', async () => {
		const { id } = await save({ meter: 'records' });
		await expect(remove(pwani, id)).rejects.toBeInstanceOf(NotFound);
		await expect(remove(otieno, id)).rejects.toBeInstanceOf(Forbidden);
		await remove(mavuno, id);
		await expect(remove(mavuno, id)).rejects.toBeInstanceOf(NotFound);
	});

	it.each([
		['bytes', '50 GB', '50000000000'],
		['bytes', '1.5tb', '1500000000000'],
		['bytes', '12,500 bytes', '12500'],
		['bytes', 50_000_000, '50000000'],
		['count', '12,500', '12500'],
		['count', ' 12 500.5 ', '12500.5'],
		['money', 'KES 1,250.50', '125050'],
		['money', '1250', '125000'],
		['money', 125_050, '125050'],
		['hours', '40 h', '40'],
		['people', '25', '25']
	] as const)('reads a limit of %s: %j is %s', (unit, limit, exact) => {
		expect(readLimit(limit, { unit }, 'KES')).toBe(exact);
	});

	it.each([
		['bytes', '50', /unit/],
		['bytes', '50 KES', /50 GB/],
		['count', '1,5', /12,500/],
		['count', '50 GB', /12,500/],
		['count', '-5', /12,500/],
		['count', 'NaN', /12,500/],
		['count', Number.NaN, /12,500/],
		['count', -5, /more than nothing/],
		['money', '0.00', /more than nothing/],
		['people', '1'.repeat(31), /digits/]
	] as const)('refuses as a limit of %s: %j', (unit, limit, message) => {
		expect(() => readLimit(limit, { unit }, 'KES')).toThrow(message);
	});
});

describe('use that passes a mark', () => {
	it('tells of each mark once, with the limit and the value', async () => {
		await save({ meter: 'peak', limit: 100, marks: [50, 75, 100] });
		await load(49);
		expect(await fire()).toBe(0);
		await load(50);
		expect(await fire()).toBe(1);
		expect(await fire()).toBe(0);
		await load(74.999);
		expect(await fire()).toBe(0);
		await load(80);
		await fire([mavuno.businessId]);
		await load(100);
		await fire([pwani.businessId]);
		expect(await told('peak')).toEqual([
			{ mark: 50, limit: '100', value: '50' },
			{ mark: 75, limit: '100', value: '80' }
		]);
		await fire();
		const firedAt = runtime.clock.now();
		await fire();
		expect(await marks('peak')).toEqual([50, 75, 100]);
		expect(await alertOf('peak')).toMatchObject({
			value: '100',
			fired: [{ mark: 50 }, { mark: 75 }, { mark: 100, at: firedAt }]
		});
	});

	it('does not fire again for a lower limit, and does for a higher one', async () => {
		await save({ meter: 'peak', limit: 40, marks: [50, 75, 100] });
		expect(await fire()).toBe(0);
		expect((await alertOf('peak')).fired).toHaveLength(3);
		await save({ meter: 'peak', limit: 120, marks: [50, 75, 100] });
		// Told of 75 % of 120, and not of 50 % besides.
		expect(await fire()).toBe(1);
		expect(await marks('peak')).toEqual([50, 75, 100, 75]);
		expect((await alertOf('peak')).fired.map(({ mark }) => mark)).toEqual([50, 75]);
		// And back.
		await save({ meter: 'peak', limit: 100, marks: [50, 75, 90, 100] });
		expect(await fire()).toBe(0);
		expect((await alertOf('peak')).fired.map(({ mark }) => mark)).toEqual([50, 75, 90, 100]);
	});

	it('begins anew with the month of the business, and reads the running month alone', async () => {
		// A minute before midnight in Nairobi; three hours later it is December there and November in UTC.
		runtime.clock.set(new Date('2026-11-30T20:59:00Z'));
		expect(await fire()).toBe(0);
		runtime.clock.set(new Date('2026-11-30T22:00:00Z'));
		expect((await alertOf('peak')).value).toBeNull();
		expect(await fire()).toBe(0);
		await load(55);
		expect(await fire()).toBe(1);
		expect((await told('peak')).at(-1)).toEqual({ mark: 50, limit: '100', value: '55' });
		// Of November, and late.
		await load(500, '2026-11-30T20:30:00Z');
		expect(await fire()).toBe(0);
		expect((await alertOf('peak')).value).toBe('55');
	});

	it('adds up, counts, takes the newest, and counts different people', async () => {
		await save({ meter: 'data', limit: '1 kB', marks: [100] });
		await save({ meter: 'records', limit: 3, marks: [100] });
		await save({ meter: 'members', limit: 10, marks: [100] });
		await save({ meter: 'active-users', limit: 3, marks: [100] });
		for (const user of ['otieno', 'halima', 'otieno'])
			await record('erp.data.transferred', { bytes: 300, user, branch: 'Nakuru' });
		await record('erp.level', { value: 12 }, '2026-11-30T22:00:00Z');
		await record('erp.level', { value: 9 }, '2026-11-30T22:00:01Z');
		for (let i = 0; i < 2; i += 1) await record('erp.record.saved', { branch: 'Nakuru' });
		const values = async () =>
			Object.fromEntries(
				(await list(mavuno)).map(({ meter, value }) => [meter.slug, value] as const)
			);
		expect(await values()).toEqual({
			peak: '55',
			data: '900',
			records: '2',
			members: '9',
			'active-users': '2'
		});
		expect(await fire()).toBe(0);
		await record('erp.data.transferred', { bytes: 100, user: 'brian', branch: 'Nakuru' });
		await record('erp.level', { value: 10 }, '2026-11-30T22:00:02Z');
		await record('erp.record.saved', { branch: 'Nakuru' });
		expect(await fire()).toBe(4);
		expect(await values()).toMatchObject({
			data: '1000',
			records: '3',
			members: '10',
			'active-users': '3'
		});
	});

	it('is told once when many look at the same time', async () => {
		await save({ meter: 'peak', limit: 1_000, marks: [75, 90, 100] });
		await load(950);
		const counts = await Promise.all(Array.from({ length: 8 }, () => fire()));
		expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
		expect((await told('peak')).at(-1)).toEqual({ mark: 90, limit: '1000', value: '950' });
		expect((await told('peak')).filter(({ limit }) => limit === '1000')).toHaveLength(1);
	});

	it('looks in vain without writing', async () => {
		const wrote = await withSystem('test', async (scope) => {
			await fireAlerts(scope, null);
			const { rows } = await sql<{ wrote: boolean }>`
				select pg_current_xact_id_if_assigned() is not null as wrote`.execute(scope.db);
			return rows[0]?.wrote;
		});
		expect(wrote).toBe(false);
	});

	it('keeps to the zone of a business that moves', async () => {
		// 12:30 on 30 November in Honolulu, where December has not begun.
		await withBusiness(mavuno, (scope) =>
			changeBusiness(scope, { name: 'Mavuno Traders Ltd', timeZone: 'Pacific/Honolulu' })
		);
		await withSystem('test', (scope) =>
			refoldDays(scope, { businessId: mavuno.businessId, timeZone: 'Pacific/Honolulu' })
		);
		expect((await alertOf('peak')).value).toBe('950');
		expect((await alertOf('records')).value).toBe('3');
	});
});
