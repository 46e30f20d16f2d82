import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { defineMeter, rankUsage, recordEvents, type Ranking } from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

type Asked = Parameters<typeof rankUsage>[1];

const people = 130;
const nameOf = (place: number): string => `person-${String(place).padStart(3, '0')}`;

/** 12:00 on 25 November 2026 in Nairobi. Each of 130 people moved as many bytes as their number says, in ERP. */
beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani, erp, sacco } = fixture;
	await withSystem('test', (scope) =>
		defineMeter(scope, {
			product: 'sacco',
			slug: 'uploads',
			name: 'Uploads',
			eventType: 'sacco.uploaded',
			aggregation: 'sum',
			valueProperty: 'bytes',
			unit: 'bytes',
			dimensions: ['user']
		})
	);
	const moved = (businessId: string, type: string, bytes: number, user: string, time: string) =>
		usageEvent(businessId, { type, time, data: { bytes, user } });
	const day = '2026-11-24T08:00:00Z';
	await recordEvents(
		[
			...Array.from({ length: people }, (_, place) =>
				moved(mavuno.businessId, 'erp.data.transferred', place + 1, nameOf(place + 1), day)
			),
			moved(mavuno.businessId, 'erp.data.transferred', 40, nameOf(130), '2026-10-28T08:00:00Z')
		],
		erp,
		{ at: new Date('2026-11-24T09:00:00Z') }
	);
	const later = '2026-11-25T08:30:00Z';
	await recordEvents(
		[
			moved(mavuno.businessId, 'sacco.uploaded', 1_000, nameOf(7), later),
			moved(pwani.businessId, 'sacco.uploaded', 9_000, nameOf(7), later)
		],
		sacco
	);
});
afterAll(() => runtime.stop());

const asked: Asked = {
	from: new Date('2026-10-31T21:00:00Z'),
	to: new Date('2026-11-25T09:00:00Z'),
	meters: ['data', 'uploads'],
	by: 'user'
};

function rank(more: Partial<Asked> = {}, who = fixture.mavuno): Promise<Ranking> {
	return withBusiness(who, (scope) => rankUsage(scope, { ...asked, ...more }));
}

describe('ranking by a dimension', () => {
	it('puts whoever uses two products on one line', async () => {
		const { page, count } = await rank({ limit: 2 });
		expect(page.map(({ value, total }) => [value, total])).toEqual([
			[nameOf(7), '1007'],
			[nameOf(130), '130']
		]);
		expect(count).toBe(people);
	});

	it('goes through all of them page by page, and adds up to the total', async () => {
		const found = new Map<string | null, number>();
		let cursor: string | undefined;
		do {
			const page: Ranking = await rank({ limit: 50, ...(cursor === undefined ? {} : { cursor }) });
			for (const { value, total } of page.page) {
				expect(found.has(value)).toBe(false);
				found.set(value, Number(total));
			}
			cursor = page.next ?? undefined;
		} while (cursor !== undefined);
		expect(found.size).toBe(people);
		expect([...found.values()].reduce((sum, value) => sum + value, 0)).toBe(
			(people * (people + 1)) / 2 + 1_000
		);
	});

	it('gives the leading ones their course on every page, the others where it is asked for', async () => {
		const first = await rank({ leading: 2, limit: 3, compare: 'previous' });
		expect(first.leading.map(({ value }) => value)).toEqual([nameOf(7), nameOf(130)]);
		expect(first.leading[0]?.points.slice(23)).toEqual(['7', '1000']);
		expect(first.leading[1]).toMatchObject({ previous: '40' });
		expect(first.page[0]?.points).toEqual([]);
		const second = await rank({
			leading: 2,
			limit: 3,
			courses: true,
			...(first.next === null ? {} : { cursor: first.next })
		});
		expect(second.leading.map(({ value }) => value)).toEqual([nameOf(7), nameOf(130)]);
		expect(second.page[0]).toMatchObject({ value: nameOf(128) });
		expect(second.page[0]?.points[23]).toBe('128');
	});

	it('leaves out what cannot be told apart, and refuses what is no cursor', async () => {
		expect(await rank({ meters: ['peak', 'members'] })).toMatchObject({ page: [], count: 0 });
		await expect(rank({ cursor: 'e30' })).rejects.toThrow();
	});

	it('shows another business its own', async () => {
		const { page } = await rank({}, fixture.pwani);
		expect(page.map(({ value, total }) => [value, total])).toEqual([[nameOf(7), '9000']]);
	});
});
