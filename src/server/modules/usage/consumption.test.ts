import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMetered, usageEvent, type Metered } from '../../../../tests/setup/metering.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	defineMeter,
	readConsumption,
	recordEvents,
	whatChanged,
	type Consumption
} from './index.ts';

let runtime: TestRuntime;
let fixture: Metered;

/** 12:00 on 25 November 2026 in Nairobi; Mavuno has ERP and SACCO, Pwani SACCO alone. */
beforeAll(async () => {
	runtime = await startTestRuntime();
	fixture = await createMetered();
	const { mavuno, pwani, erp, sacco } = fixture;
	const moved = (time: string, bytes: number, user: string, branch?: string) =>
		usageEvent(mavuno.businessId, {
			time,
			data: { bytes, user, ...(branch === undefined ? {} : { branch }) }
		});
	await recordEvents(
		[
			moved('2026-11-20T08:00:00Z', 40, 'otieno', 'Nakuru'),
			moved('2026-11-24T08:00:00Z', 100, 'otieno', 'Nakuru'),
			moved('2026-11-24T08:10:00Z', 30, 'naliaka'),
			...Array.from({ length: 12 }, (_, index) =>
				moved('2026-11-24T08:20:00Z', 1, `person-${index}`, 'Eldoret')
			)
		],
		erp
	);
	const bytes = (businessId: string, amount: number) =>
		usageEvent(businessId, {
			type: 'sacco.data.transferred',
			time: '2026-11-24T08:30:00Z',
			data: { bytes: amount, user: 'otieno', branch: 'Nakuru' }
		});
	await recordEvents([bytes(mavuno.businessId, 50), bytes(pwani.businessId, 9_000)], sacco);
});
afterAll(() => runtime.stop());

function read(who: Member, productIds: string[]): Promise<Consumption> {
	return withBusiness(who, (scope) =>
		readConsumption(scope, {
			from: new Date('2026-11-22T21:00:00Z'),
			to: new Date('2026-11-25T09:00:00Z'),
			previous: { from: new Date('2026-11-19T21:00:00Z'), to: new Date('2026-11-22T09:00:00Z') },
			productIds
		})
	);
}

describe('whose data it was', () => {
	it('tells products, people and branches, the greatest first, against the time before', async () => {
		const { erp, sacco, mavuno } = fixture;
		const { moved, products, people, branches } = await read(mavuno, [
			erp.productId,
			sacco.productId
		]);
		expect(moved).toEqual({ value: 192, previous: 40 });
		expect(products).toEqual([
			{ of: erp.productId, value: 142, previous: 40 },
			{ of: sacco.productId, value: 50, previous: null }
		]);
		expect(people).toHaveLength(10);
		expect(people.slice(0, 2)).toEqual([
			{ of: 'otieno', value: 100, previous: 40 },
			{ of: 'naliaka', value: 30, previous: null }
		]);
		expect(branches).toEqual([
			{ of: 'Nakuru', value: 100, previous: 40 },
			{ of: null, value: 30, previous: null },
			{ of: 'Eldoret', value: 12, previous: null }
		]);
	});

	it('tells what is held by each product, and by each branch where it is told apart by that alone', async () => {
		const { erp, mavuno, pwani } = fixture;
		await withSystem('test', async (scope) => {
			for (const [slug, dimensions] of [
				['held', ['branch']],
				['files', ['branch', 'user']]
			] as const)
				await defineMeter(scope, {
					product: 'erp',
					slug,
					name: slug,
					eventType: `erp.${slug}`,
					aggregation: 'latest',
					valueProperty: 'bytes',
					unit: 'bytes',
					dimensions: [...dimensions]
				});
		});
		const held = (branch: string, bytes: number, time: string) =>
			usageEvent(mavuno.businessId, { type: 'erp.held', time, data: { bytes, branch } });
		await recordEvents(
			[
				held('Nakuru', 300, '2026-11-20T08:00:00Z'),
				held('Nakuru', 500, '2026-11-24T08:00:00Z'),
				held('Eldoret', 700, '2026-11-24T08:10:00Z'),
				usageEvent(mavuno.businessId, {
					type: 'erp.files',
					time: '2026-11-24T08:00:00Z',
					data: { bytes: 9, branch: 'Nakuru', user: 'otieno' }
				})
			],
			erp
		);
		const { storedByBranches, storedByPeople } = await read(mavuno, [erp.productId]);
		expect(storedByBranches).toEqual([
			{ of: 'Eldoret', value: 700, previous: null },
			{ of: 'Nakuru', value: 500, previous: 300 }
		]);
		expect(storedByPeople).toEqual([]);
		expect((await read(pwani, [erp.productId])).storedByBranches).toEqual([]);
	});

	it('keeps to the products that are asked for, and each business to its own', async () => {
		const { erp, sacco, mavuno, pwani } = fixture;
		expect((await read(mavuno, [sacco.productId])).moved.value).toBe(50);
		expect(await read(pwani, [erp.productId, sacco.productId])).toMatchObject({
			moved: { value: 9_000, previous: null },
			products: [{ of: sacco.productId, value: 9_000 }],
			people: []
		});
	});
});

describe('what changed', () => {
	const share = (of: string, value: number, previous: number) => ({ of, value, previous });

	it('names the largest part that went the same way', () => {
		const among = [share('erp', 90, 100), share('sacco', 60, 20), share('payroll', 15, 10)];
		expect(whatChanged({ value: 165, previous: 130 }, among)).toEqual({
			difference: 35,
			largest: { of: 'sacco', difference: 40 }
		});
		expect(whatChanged({ value: 90, previous: 100 }, among)?.largest?.of).toBe('erp');
	});

	it('names nobody where nothing changed, and says nothing without a time before', () => {
		expect(whatChanged({ value: 5, previous: 5 }, [share('erp', 5, 5)])).toEqual({
			difference: 0,
			largest: null
		});
		expect(whatChanged({ value: 5, previous: null }, [])).toBeNull();
	});
});
