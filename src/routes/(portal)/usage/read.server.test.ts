import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordEvents, saveAlert } from '#server/modules/usage/index.ts';
import { withBusiness } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
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
		expect(view.explore).toMatchObject({ total: 870, previous: 400 });
		expect(view.explore?.totals[2]).toBe(500);
		expect(view.explore?.totals[24]).toBe(370);
		expect(view.explore?.rows.map(({ name, value }) => [name, value])).toEqual([
			['ERP System', 800],
			['SACCO', 70]
		]);
		expect(figure(view, 'erp', 'active-users')).toMatchObject({ value: 2, previous: 1 });
	});

	it('narrowed to a product shows that product alone, meter by meter', async () => {
		const view = await read('product=erp');
		expect(view.product?.slug).toBe('erp');
		expect(view.data?.value).toBe(800);
		expect(view.explore?.total).toBe(800);
		expect(new Set(view.figures.map(({ product }) => product.slug))).toEqual(new Set(['erp']));
		expect(view.charts.map(({ label }) => label)).toEqual([
			'Active users',
			'Members',
			'Peak',
			'Records'
		]);
	});

	it('of one day goes hour by hour', async () => {
		const { explore } = await read('range=today');
		expect(explore?.steps[9]).toBe('2026-11-25T09:00');
		expect(explore?.totals[9]).toBe(370);
		expect(explore?.totals).toHaveLength(12);
	});

	it('keeps one business’s usage from another', async () => {
		const { mavuno, pwani } = fixture;
		expect((await read('', mavuno)).data?.value).toBe(870);
		expect((await read('', pwani)).data?.value).toBe(9_000);
		expect((await read('', pwani)).products.map(({ slug }) => slug)).toEqual(['sacco']);
	});

	it('says so when the address names a product that the business does not have', async () => {
		const view = await read('product=erp', fixture.pwani);
		expect(view.problems).toHaveLength(1);
		expect(view.product).toBeNull();
		expect(view.data?.value).toBe(9_000);
	});
});

describe('the words for an address that makes no sense', () => {
	it.each([
		['measure=nothing', 'Nothing of that name is measured'],
		['by=colour', 'is not told apart by colour'],
		['range=90d&step=hour', 'Hours are shown for up to 31 days'],
		['range=7d&step=month', 'cannot be shown in such steps'],
		['by=user&after=nowhere', 'That page of the table is not known'],
		['range=today&step=minute&measure=erp%2Factive-users', 'is not kept by the minute'],
		['range=today&step=minute&measure=data&in-branch=Nakuru', 'Minutes are kept of each measure']
	])('are there for %s', async (query, words) => {
		const { problems, explore } = await read(query);
		expect(problems).toEqual([expect.stringContaining(words)]);
		expect(explore).not.toBeNull();
	});
});

describe('the limits', () => {
	it('are of the running month, whatever range is shown, and each business’s own', async () => {
		const { mavuno, pwani } = fixture;
		const save = (who: typeof mavuno, limit: number) =>
			withBusiness(who, (scope) => saveAlert(scope, { product: 'sacco', meter: 'data', limit }));
		await save(mavuno, 100);
		await save(pwani, 1_000);
		const own = (await read('range=last-month')).limits;
		expect(own).toMatchObject([{ kind: 'own', value: 70, of: 100, label: 'SACCO: Data' }]);
		expect((await read('', pwani)).limits).toMatchObject([{ value: 9_000, of: 1_000 }]);
	});
});
