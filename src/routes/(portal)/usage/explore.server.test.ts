import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordEvents } from '#server/modules/usage/index.ts';
import { withBusiness } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import type { ExploreView } from './explore-view.ts';
import { readUsagePage } from './read.server.ts';

let runtime: TestRuntime;
let fixture: Metered;

/** 12:00 on 25 November 2026 in Nairobi; Mavuno has ERP and SACCO, Pwani SACCO alone. */
beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani, erp, sacco } = fixture;
	const moved = (business: string, type: string, bytes: number, user: string) =>
		usageEvent(business, { type, time: '2026-11-24T08:00:00Z', data: { bytes, user } });
	await recordEvents(
		Array.from({ length: 7 }, (_, place) =>
			moved(mavuno.businessId, 'erp.data.transferred', 10 * (place + 1), `person-${place}`)
		),
		erp
	);
	await recordEvents(
		[
			moved(mavuno.businessId, 'sacco.data.transferred', 70, 'person-1'),
			moved(pwani.businessId, 'sacco.data.transferred', 9_000, 'person-1')
		],
		sacco
	);
});
afterAll(() => runtime.stop());

async function explore(query: string, who = fixture.mavuno): Promise<ExploreView> {
	const { explore: view } = await withBusiness(who, (scope) =>
		readUsagePage(scope, new URLSearchParams(query))
	);
	if (!view) throw new Error('Nothing is measured.');
	return view;
}

describe('one measure of the usage page', () => {
	it('is the data of all products unless told otherwise, product by product', async () => {
		const view = await explore('');
		expect(view).toMatchObject({ label: 'Data', addsUp: true, total: 350 });
		expect(view.rows.map(({ name, value }) => [name, value])).toEqual([
			['ERP System', 280],
			['SACCO', 70]
		]);
		expect(view.peak).toEqual({ step: '2026-11-24', value: 350 });
		expect(view.average).toBeCloseTo(350 / 25);
	});

	it('is told apart by person: five by colour, the rest together, all in the table', async () => {
		const view = await explore('product=erp&by=user');
		expect(view.rows).toHaveLength(7);
		expect(view.series.map(({ readings }) => readings[23])).toEqual([70, 60, 50, 40, 30, 30]);
		expect(view.series.at(-1)?.name).toBe('2 others');
	});

	it('is of one product where it does not add up', async () => {
		const view = await explore('measure=erp%2Factive-users');
		expect(view).toMatchObject({ addsUp: false, total: 7, label: 'ERP System: Active users' });
		expect(view.series).toHaveLength(1);
	});

	it('is narrowed to a person, held against nothing, and taken for the usual one where unknown', async () => {
		expect(await explore('product=erp&person=person-6&compare=none')).toMatchObject({
			total: 70,
			earlier: null,
			previous: null
		});
		const { asked } = await explore('measure=nothing&by=colour');
		expect(asked).toMatchObject({ measure: '', by: '' });
	});

	it('shows rows by page, with a way on and a way back, and all the rest in one colour', async () => {
		await recordEvents(
			Array.from({ length: 60 }, (_, place) =>
				usageEvent(fixture.mavuno.businessId, {
					time: '2026-10-28T08:00:00Z',
					data: { bytes: place + 1, user: `early-${String(place).padStart(2, '0')}` }
				})
			),
			fixture.erp,
			{ at: new Date('2026-10-28T09:00:00Z') }
		);
		const query = 'range=last-month&product=erp&by=user';
		const first = await explore(query);
		expect(first.rows).toHaveLength(50);
		expect(first.pages).toMatchObject({ count: 60, newest: null });
		expect(first.series.at(-1)?.name).toBe('55 others');
		const older = new URL(first.pages?.older ?? '', 'http://it');
		expect(older.searchParams.get('by')).toBe('user');
		const second = await explore(older.search.slice(1));
		expect(second.rows.map(({ name }) => name)).toEqual(
			Array.from({ length: 10 }, (_, place) => `early-0${9 - place}`)
		);
		expect(second.pages).toMatchObject({ count: 60, older: null });
		expect(second.series[0]?.name).toBe('early-59');
		// The form that narrows it down begins anew.
		expect(second.pages?.newest).not.toContain('after');
	});

	it('takes a minute without events for nothing added, not for a gap', async () => {
		await recordEvents(
			[
				usageEvent(fixture.mavuno.businessId, {
					time: '2026-11-25T08:30:00Z',
					data: { bytes: 3, user: 'person-1' }
				})
			],
			fixture.erp
		);
		const view = await explore('range=today&step=minute&product=erp');
		expect(view.total).toBe(3);
		expect(view.totals.filter((value) => value === null)).toEqual([]);
		expect(view.peak).toEqual({ step: '2026-11-25T11:30', value: 3 });
	});

	it('shows another business its own', async () => {
		expect((await explore('', fixture.pwani)).total).toBe(9_000);
	});
});
