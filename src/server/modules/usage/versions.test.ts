import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { changeMeter, defineMeter, listUsage, readUsage, recordEvents } from './index.ts';
import { memory } from './memory.ts';
import { timelinesOf, type MeterVersion } from './versions.ts';

let runtime: TestRuntime;
let fixture: Metered;
let owner: pg.Client;

beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	owner = new pg.Client({ ...runtime.connection, user: 'postgres' });
	await owner.connect();
});
afterAll(async () => {
	await owner.end();
	await runtime.stop();
});
beforeEach(() => {
	runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
});

const define = (slug: string, more: object = {}) =>
	withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'erp',
			slug,
			name: slug,
			eventType: `erp.${slug}`,
			aggregation: 'sum',
			valueProperty: 'bytes',
			unit: 'bytes',
			...more
		})
	);

const change = async (slug: string, what: object) => {
	const changed = await withSystem('test', (scope) =>
		changeMeter(scope, { product: 'erp', slug, ...what })
	);
	// As two seconds later.
	memory().meters = null;
	return changed;
};

const send = (type: string, time: string, data: object) =>
	recordEvents(
		[usageEvent(fixture.mavuno.businessId, { type: `erp.${type}`, time, data })],
		fixture.erp
	);

async function totalOf(meter: string, from: string, to: string): Promise<string | null> {
	const { total } = await withBusiness(fixture.mavuno, (scope) =>
		readUsage(scope, { meter, from: new Date(from), to: new Date(to) })
	);
	return total;
}

describe('a change of a meter', () => {
	it('is in force from the next full hour on; late events are read as their own hour was', async () => {
		await define('posts', { dimensions: ['branch'] });
		await send('posts', '2026-11-25T08:10:00Z', { bytes: 1, units: 100, branch: 'Nakuru' });
		const changed = await change('posts', { valueProperty: 'units', dimensions: ['user'] });
		expect(changed).toMatchObject({ version: 2, effectiveFrom: new Date('2026-11-25T10:00:00Z') });
		await send('posts', '2026-11-25T08:20:00Z', { bytes: 2, units: 200, branch: 'Nakuru' });
		runtime.clock.set(new Date('2026-11-25T10:30:00Z'));
		await send('posts', '2026-11-25T10:00:00Z', { bytes: 4, units: 400, user: 'Nakuru' });
		// Of the hour before, in the words of the old version and of the new one.
		await send('posts', '2026-11-25T09:59:59Z', { bytes: 8, branch: 'Nakuru' });
		await expect(send('posts', '2026-11-25T09:59:59Z', { units: 800 })).rejects.toMatchObject({
			code: 'invalid_value'
		});
		expect(await totalOf('posts', '2026-11-25T08:00:00Z', '2026-11-25T10:00:00Z')).toBe('11');
		expect(await totalOf('posts', '2026-11-25T08:00:00Z', '2026-11-25T11:00:00Z')).toBe('411');
		const { rows } = await owner.query(
			`select d.dimensions, sum(sum)::int as sum from usage.slices s
			join usage.dimension_sets d on d.business_id = s.business_id and d.id = s.set_id
			join usage.meters m on m.id = s.meter_id where m.slug = 'posts' group by 1 order by 2`
		);
		expect(rows).toEqual([
			{ dimensions: { branch: 'Nakuru' }, sum: 11 },
			{ dimensions: { user: 'Nakuru' }, sum: 400 }
		]);
		const figures = await withBusiness(fixture.pwani, (scope) =>
			listUsage(scope, {
				from: new Date('2026-11-25T08:00:00Z'),
				to: new Date('2026-11-25T11:00:00Z')
			})
		);
		expect(figures.find(({ meter }) => meter === 'posts')).toMatchObject({ total: null });
	});

	it('is not in force within six minutes: events of the hour to come may be there already', async () => {
		await define('soon');
		runtime.clock.set(new Date('2026-11-25T09:54:01Z'));
		expect(await change('soon', { valueProperty: 'units' })).toMatchObject({
			effectiveFrom: new Date('2026-11-25T11:00:00Z')
		});
		// A second thought in time takes the first one's place.
		expect(await change('soon', { valueProperty: 'pages' })).toMatchObject({
			version: 3,
			effectiveFrom: new Date('2026-11-25T11:00:00Z')
		});
		runtime.clock.set(new Date('2026-11-25T11:00:00Z'));
		await send('soon', '2026-11-25T11:00:00Z', { pages: 7 });
		expect(await totalOf('soon', '2026-11-25T11:00:00Z', '2026-11-25T12:00:00Z')).toBe('7');
	});

	it('to another type leaves events of the old one uncounted from then on, and keeps them', async () => {
		await define('moved');
		await change('moved', { eventType: 'erp.moved.on' });
		await send('moved', '2026-11-25T08:00:00Z', { bytes: 1 });
		expect(await send('moved.on', '2026-11-25T08:00:00Z', { bytes: 2 })).toMatchObject({ new: 1 });
		runtime.clock.set(new Date('2026-11-25T10:00:00Z'));
		expect(await send('moved', '2026-11-25T10:00:00Z', { bytes: 4 })).toMatchObject({ new: 1 });
		await send('moved.on', '2026-11-25T10:00:00Z', { bytes: 8 });
		expect(await totalOf('moved', '2026-11-25T08:00:00Z', '2026-11-25T11:00:00Z')).toBe('9');
		const { rows } = await owner.query(
			`select count(*)::int as count from usage.events where type like 'erp.moved%'`
		);
		expect(rows).toEqual([{ count: 4 }]);
	});

	it('that changes nothing, or does not fit, is refused', async () => {
		await define('fixed');
		await expect(change('fixed', { unit: 'bytes' })).rejects.toMatchObject({
			code: 'meter_unchanged'
		});
		await expect(change('fixed', { aggregation: 'count' })).rejects.toMatchObject({
			code: 'invalid'
		});
		await expect(change('unheard', { unit: 'count' })).rejects.toMatchObject({ code: 'not_found' });
	});
});

it('a further meter of events that are counted already begins with a full hour', async () => {
	await define('calls');
	await send('calls', '2026-11-25T08:00:00Z', { bytes: 1 });
	await define('call-peak', { eventType: 'erp.calls', aggregation: 'max' });
	memory().meters = null;
	await send('calls', '2026-11-25T09:00:00Z', { bytes: 2 });
	runtime.clock.set(new Date('2026-11-25T10:00:00Z'));
	await send('calls', '2026-11-25T10:00:00Z', { bytes: 4 });
	expect(await totalOf('calls', '2026-11-25T08:00:00Z', '2026-11-25T11:00:00Z')).toBe('7');
	expect(await totalOf('call-peak', '2026-11-25T08:00:00Z', '2026-11-25T10:00:00Z')).toBeNull();
	expect(await totalOf('call-peak', '2026-11-25T08:00:00Z', '2026-11-25T11:00:00Z')).toBe('4');
});

it('a type that one version counts is one step, whatever the hour', () => {
	const version = {
		id: 'mtr_1',
		productId: 'prd_1',
		slug: 'one',
		version: 1,
		eventType: 'a',
		aggregation: 'count',
		valueProperty: null,
		unit: 'count',
		dimensions: [],
		effectiveFrom: 0,
		space: 'mtr_1'
	} satisfies MeterVersion;
	expect(timelinesOf([version]).get('prd_1 a')).toEqual([{ from: 0, meters: [version] }]);
});
