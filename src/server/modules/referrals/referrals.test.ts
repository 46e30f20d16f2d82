import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Forbidden, NotFound } from '#server/platform/errors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	listReferrals,
	listReferralSources,
	readReferralSummary,
	recordReferral,
	saveReseller
} from './index.ts';

let runtime: TestRuntime;
let mavuno: Member;
let pwani: Member;
let nairobi: string;
let kisumu: string;

const refer = (member: Member, resellerId: string, at: string) =>
	withSystem('test', (scope) =>
		recordReferral(scope, {
			businessId: member.businessId,
			resellerId,
			channel: 'visit',
			at: new Date(at)
		})
	);
const summary = (member: Member) => withBusiness(member, (scope) => readReferralSummary(scope, {}));

beforeAll(async () => {
	runtime = await startTestRuntime(new Date('2026-11-25T09:00:00Z'));
	({ mavuno, pwani } = await createTwoBusinesses());
	[nairobi, kisumu] = await withSystem('test', async (scope) => [
		(await saveReseller(scope, { name: 'Savanna Systems', region: 'Nairobi' })).id,
		(await saveReseller(scope, { name: 'Ziwa Digital', region: 'Kisumu' })).id
	]);
});
afterAll(() => runtime.stop());

describe('the summary', () => {
	it('of a business that was never referred is nothing, with nothing to compare', async () => {
		expect(await summary(mavuno)).toMatchObject({
			total: 0,
			thisMonth: 0,
			lastMonth: null,
			changePercent: null
		});
	});

	it('has no change in the first month', async () => {
		await refer(pwani, kisumu, '2026-11-02T09:00:00Z');
		expect(await summary(pwani)).toMatchObject({
			total: 1,
			thisMonth: 1,
			lastMonth: null,
			changePercent: null
		});
	});

	it('counts by calendar month in the business’s zone, and its own referrals alone', async () => {
		for (const at of [
			'2025-06-10T09:00:00Z',
			'2026-04-10T09:00:00Z',
			// 23:59 on 31 October in Nairobi, then 00:00 on 1 November.
			'2026-10-31T20:59:00Z',
			'2026-10-31T09:00:00Z',
			'2026-10-31T21:00:00Z',
			'2026-11-20T09:00:00Z',
			'2026-11-25T08:59:00Z'
		])
			await refer(mavuno, nairobi, at);
		await refer(mavuno, kisumu, '2026-11-03T09:00:00Z');
		expect(await summary(mavuno)).toEqual({
			total: 8,
			thisMonth: 4,
			lastMonth: 2,
			changePercent: 100,
			months: [
				{ month: '2026-04', count: 1 },
				{ month: '2026-05', count: 0 },
				{ month: '2026-06', count: 0 },
				{ month: '2026-07', count: 0 },
				{ month: '2026-08', count: 0 },
				{ month: '2026-09', count: 0 },
				{ month: '2026-10', count: 2 },
				{ month: '2026-11', count: 4 }
			]
		});
	});

	it('has no change after a month without any', async () => {
		runtime.clock.set(new Date('2027-01-10T09:00:00Z'));
		expect(await summary(mavuno)).toMatchObject({
			thisMonth: 0,
			lastMonth: 0,
			changePercent: null
		});
		runtime.clock.set(new Date('2026-11-25T09:00:00Z'));
	});
});

describe('sources and referrals', () => {
	it('are told by reseller, the most frequent first', async () => {
		expect(await withBusiness(mavuno, (scope) => listReferralSources(scope, {}))).toEqual([
			{
				id: nairobi,
				name: 'Savanna Systems',
				region: 'Nairobi',
				count: 7,
				lastOn: '2026-11-25'
			},
			{ id: kisumu, name: 'Ziwa Digital', region: 'Kisumu', count: 1, lastOn: '2026-11-03' }
		]);
		expect(await withBusiness(pwani, (scope) => listReferralSources(scope, {}))).toMatchObject([
			{ id: kisumu, count: 1 }
		]);
	});

	it('come newest first, page by page, and by reseller', async () => {
		const page = (input: Parameters<typeof listReferrals>[1]) =>
			withBusiness(mavuno, (scope) => listReferrals(scope, input));
		const first = await page({ limit: 5 });
		const rest = await page({ limit: 5, before: first.next ?? '' });
		const days = [...first.referrals, ...rest.referrals].map(({ on }) => on);
		expect(days).toHaveLength(8);
		expect(days).toEqual([...days].sort().reverse());
		expect(rest.next).toBeNull();
		expect((await page({ resellerId: kisumu })).referrals).toMatchObject([
			{ reseller: 'Ziwa Digital', on: '2026-11-03', channel: 'visit' }
		]);
		expect((await withBusiness(pwani, (scope) => listReferrals(scope, {}))).referrals).toHaveLength(
			1
		);
	});

	it('are recorded by the vendor alone, of resellers that exist', async () => {
		await expect(
			withBusiness(mavuno, (scope) =>
				recordReferral(scope, {
					businessId: mavuno.businessId,
					resellerId: nairobi,
					channel: 'link'
				})
			)
		).rejects.toBeInstanceOf(Forbidden);
		await expect(refer(mavuno, 'res_unknown', '2026-11-03T09:00:00Z')).rejects.toBeInstanceOf(
			NotFound
		);
	});

	it('keep one reseller a name, whose region may change', async () => {
		const again = await withSystem('test', (scope) =>
			saveReseller(scope, { name: 'Ziwa Digital', region: 'Nyanza' })
		);
		expect(again.id).toBe(kisumu);
	});
});
