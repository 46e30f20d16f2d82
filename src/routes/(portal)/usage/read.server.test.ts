import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordEvents } from '#server/modules/usage/index.ts';
import { withBusiness } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { exportRows } from './export.ts';
import { readUsagePage } from './read.server.ts';
import type { UsagePageView } from './view.ts';

let runtime: TestRuntime;
let fixture: Metered;

/** 12:00 on 25 November 2026 in Nairobi; Mavuno has ERP and SACCO, Pwani SACCO alone. */
beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani, erp, sacco } = fixture;
	const bytes = (business: string, type: string, time: string, amount: number, user = 'otieno') =>
		usageEvent(business, { type, time, data: { bytes: amount, user } });
	await recordEvents(
		[
			bytes(mavuno.businessId, 'erp.data.transferred', '2026-11-03T08:00:00Z', 500),
			bytes(mavuno.businessId, 'erp.data.transferred', '2026-11-25T06:10:00Z', 300, 'naliaka')
		],
		erp
	);
	await recordEvents(
		[bytes(mavuno.businessId, 'erp.data.transferred', '2026-10-24T08:00:00Z', 400)],
		erp,
		{ at: new Date('2026-10-24T09:00:00Z') }
	);
	await recordEvents(
		[
			bytes(mavuno.businessId, 'sacco.data.transferred', '2026-11-25T06:20:00Z', 70),
			bytes(pwani.businessId, 'sacco.data.transferred', '2026-11-25T06:30:00Z', 9_000)
		],
		sacco
	);
});
afterAll(() => runtime.stop());

function read(query: string, who = fixture.mavuno): Promise<UsagePageView> {
	return withBusiness(who, (scope) => readUsagePage(scope, new URLSearchParams(query)));
}

const figure = (view: UsagePageView, product: string, meter: string) =>
	view.figures.find((one) => one.product.slug === product && one.meter === meter);

describe('the usage page', () => {
	it('adds up the data of all products, and of each', async () => {
		const view = await read('');
		expect(view.data).toEqual({ value: 870, previous: 400 });
		expect(view.usage).toMatchObject({ total: 870, previousTotal: 400 });
		expect(view.usage.current[2]).toBe(500);
		expect(view.usage.current[24]).toBe(370);
		expect(view.charts.map(({ label, value }) => [label, value])).toEqual([
			['ERP System', 800],
			['SACCO', 70]
		]);
		expect(figure(view, 'erp', 'active-users')).toMatchObject({ value: 2, previous: 1 });
	});

	it('narrowed to a product shows that product alone, meter by meter', async () => {
		const view = await read('product=erp');
		expect(view.product?.slug).toBe('erp');
		expect(view.data?.value).toBe(800);
		expect(view.usage.total).toBe(800);
		expect(new Set(view.figures.map(({ product }) => product.slug))).toEqual(new Set(['erp']));
		expect(view.charts.map(({ label }) => label)).toEqual([
			'Active users',
			'Members',
			'Peak',
			'Records'
		]);
	});

	it('of one day goes hour by hour', async () => {
		const { usage } = await read('range=today');
		expect(usage.steps[9]).toBe('2026-11-25T09:00');
		expect(usage.current[9]).toBe(370);
		expect(usage.current).toHaveLength(12);
	});

	it('keeps one business’s usage from another', async () => {
		const { mavuno, pwani } = fixture;
		expect((await read('', mavuno)).data?.value).toBe(870);
		expect((await read('', pwani)).data?.value).toBe(9_000);
		expect((await read('', pwani)).products.map(({ slug }) => slug)).toEqual(['sacco']);
	});

	it('says so when the address names a product that the business does not have', async () => {
		const view = await read('product=erp', fixture.pwani);
		expect(view.problem).not.toBeNull();
		expect(view.product).toBeNull();
		expect(view.data?.value).toBe(9_000);
	});
});

describe('its download', () => {
	it('holds every figure of the page and every step of its charts', async () => {
		const view = await read('');
		const rows = exportRows(view);
		expect(rows[0]).toEqual(['span', 'from', 'to', 'product', 'meter', 'by', 'unit', 'value']);
		expect(rows).toContainEqual([
			'range',
			'2026-11-01',
			'2026-11-25',
			'erp',
			'data',
			'sum',
			'bytes',
			800
		]);
		expect(rows).toContainEqual([
			'range before',
			'2026-10-01',
			'2026-10-25',
			'erp',
			'data',
			'sum',
			'bytes',
			400
		]);
		const days = (product: string) =>
			rows.filter(([span, , , of]) => span === 'day' && of === product);
		expect(days('all')).toHaveLength(25);
		expect(days('erp')).toHaveLength(25);
		expect(days('all')[24]).toEqual([
			'day',
			'2026-11-25',
			'2026-11-25',
			'all',
			'data',
			'sum',
			'bytes',
			370
		]);
		// A day without a reading is a gap, not a zero.
		expect(days('erp')[1]?.at(-1)).toBeNull();
	});
});
