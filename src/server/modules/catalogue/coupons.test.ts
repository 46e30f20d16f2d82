import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, NotFound } from '#server/platform/errors.ts';
import type { Member } from '#server/platform/scope.ts';
import { createTwoBusinesses, type TwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { createProducts } from '../../../../tests/setup/products.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import {
	checkCoupon,
	endCoupon,
	findCoupons,
	listCoupons,
	listPlans,
	listRedemptions,
	readCoupon,
	redeemCoupon,
	saveCoupon
} from './index.ts';

let test: TestRuntime;
let businesses: TwoBusinesses;
const plans = new Map<string, string>();
beforeAll(async () => {
	test = await startTestRuntime();
	businesses = await createTwoBusinesses();
	await createProducts();
	for (const { slug, id } of await withSystem('test', (scope) => listPlans(scope, {})))
		plans.set(slug, id);
});
afterAll(() => test.stop());

type Input = Parameters<typeof saveCoupon>[1];
const save = (input: Partial<Input>) =>
	withSystem('test', (scope) => saveCoupon(scope, { name: 'Early bird', percent: '10', ...input }));
const check = (member: Member, code: string, plan = 'business') =>
	withBusiness(member, (scope) => checkCoupon(scope, { code, plan: plans.get(plan) ?? '' }));
const redeem = (member: Member, code: string, subscriptionId: string) =>
	withSystem('test', (scope) =>
		redeemCoupon(scope, {
			code,
			business: member.businessId,
			plan: plans.get('business') ?? '',
			subscriptionId
		})
	);
/** The code of the refusal, or null. */
const why = (work: Promise<unknown>): Promise<string | null | undefined> =>
	work.then(
		() => null,
		(error: unknown) => (error as { issues?: { code?: string }[] }).issues?.[0]?.code
	);

describe('a coupon', () => {
	it('has a code that nobody guesses, unless one is given', async () => {
		const [one, other] = [await save({}), await save({})];
		expect(one.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
		expect(other.code).not.toBe(one.code);
		expect(await save({ code: ' karibu-26 ' })).toMatchObject({ code: 'KARIBU-26' });
		await expect(save({ code: 'Karibu-26' })).rejects.toThrow(Conflict);
	});

	it('is found by its code in any case, by any business', async () => {
		for (const member of [businesses.mavuno, businesses.pwani])
			expect(await check(member, 'karibu-26')).toMatchObject({
				percent: '10',
				duration: 'once',
				planIds: []
			});
		expect(await why(check(businesses.mavuno, 'NOTHING-OF-THE-KIND'))).toBe('coupon_unknown');
	});

	it.each<[Partial<Input>, string]>([
		[{ amountMinor: 100n, currency: 'KES' }, 'percent'],
		[{ percent: null }, 'percent'],
		[{ percent: '100.5' }, 'percent'],
		[{ percent: '0.0' }, 'percent'],
		[{ percent: null, amountMinor: 100n }, 'currency'],
		[{ percent: null, amountMinor: 100n, currency: 'KSH' }, 'currency'],
		[{ duration: 'periods' }, 'periods'],
		[{ duration: 'for_ever', periods: 3 }, 'periods'],
		[{ limitInAll: 0 }, 'limitInAll'],
		[{ code: 'ab' }, 'code'],
		[{ expiresAt: new Date('2026-11-01T00:00:00Z') }, 'expiresAt']
	])('is not made of %o', async (input, path) => {
		const before = (await withSystem('test', (scope) => listCoupons(scope, {}))).length;
		await expect(save(input)).rejects.toMatchObject({ issues: [{ path }] });
		expect(await withSystem('test', (scope) => listCoupons(scope, {}))).toHaveLength(before);
	});

	it('is for the plans that it names', async () => {
		const { code } = await save({ plans: [{ product: 'sacco', plan: 'growth' }] });
		expect(await why(check(businesses.mavuno, code))).toBe('coupon_plan');
		expect(await why(check(businesses.mavuno, code, 'growth'))).toBeNull();
		await expect(save({ plans: [{ product: 'erp', plan: 'growth' }] })).rejects.toThrow(NotFound);
	});

	it('takes off an amount of the plan’s currency alone', async () => {
		const { code } = await save({ percent: null, amountMinor: 1_000n, currency: 'UGX' });
		expect(await why(check(businesses.mavuno, code))).toBe('coupon_currency');
	});

	it('expires at its moment, and can be ended before', async () => {
		const expiresAt = new Date('2026-12-01T00:00:00+03:00');
		const { code } = await save({ expiresAt });
		const at = (moment: Date) =>
			why(
				withSystem(
					'test',
					(scope) =>
						checkCoupon(scope, {
							code,
							business: businesses.pwani.businessId,
							plan: plans.get('business') ?? ''
						}),
					{ at: moment }
				)
			);
		expect(await at(new Date(expiresAt.getTime() - 1))).toBeNull();
		expect(await at(expiresAt)).toBe('coupon_expired');
		await withSystem('test', (scope) => endCoupon(scope, { code }));
		expect(await why(check(businesses.pwani, code))).toBe('coupon_ended');
		await expect(withSystem('test', (scope) => endCoupon(scope, { code }))).rejects.toThrow(
			NotFound
		);
	});

	it('is the vendor’s to make, list and end', async () => {
		await withBusiness(businesses.mavuno, async (scope) => {
			await expect(saveCoupon(scope, { name: 'Mine', percent: '100' })).rejects.toThrow(Forbidden);
			await expect(listCoupons(scope, {})).rejects.toThrow(Forbidden);
			await expect(endCoupon(scope, { code: 'KARIBU-26' })).rejects.toThrow(Forbidden);
		});
	});
});

describe('the limits of a coupon', () => {
	it('count what each business used, and only that', async () => {
		const { code } = await save({ limitPerBusiness: 1 });
		await redeem(businesses.mavuno, code, 'sub_1');
		expect(await why(check(businesses.mavuno, code))).toBe('coupon_used');
		expect(await why(check(businesses.pwani, code))).toBeNull();
		const seen = await withBusiness(businesses.pwani, ({ db }) =>
			db.selectFrom('catalogue.redemptions').select('coupon_id').execute()
		);
		expect(seen).toEqual([]);
	});

	it('count all businesses together', async () => {
		const { code } = await save({ limitInAll: 1 });
		await redeem(businesses.mavuno, code, 'sub_2');
		expect(await why(check(businesses.pwani, code))).toBe('coupon_used_up');
	});

	it('hold when two use the last one at once', async () => {
		const { code } = await save({ limitInAll: 1 });
		const both = await Promise.all([
			why(redeem(businesses.mavuno, code, 'sub_3')),
			why(redeem(businesses.pwani, code, 'sub_4'))
		]);
		expect(both.sort()).toEqual(['coupon_used_up', null]);
	});

	it('count one subscription once', async () => {
		const { code } = await save({ limitInAll: 1 });
		await redeem(businesses.mavuno, code, 'sub_5');
		expect(await redeem(businesses.mavuno, code, 'sub_5')).toMatchObject({ redeemed: 1 });
	});
});

describe('coupons that are looked for', () => {
	const find = (input: Parameters<typeof findCoupons>[1]) =>
		withSystem('test', (scope) => findCoupons(scope, input));
	const codes = async (input: Parameters<typeof findCoupons>[1]) =>
		(await find(input)).coupons.map(({ code }) => code);

	it('are found by any part of code or name, by how they stand, page by page', async () => {
		const made = ['LOOK-ONE', 'LOOK-TWO', 'LOOK-THREE'];
		for (const [index, code] of made.entries())
			await withSystem(
				'test',
				(scope) => saveCoupon(scope, { code, name: 'Harvest', percent: '10', limitInAll: 1 }),
				// One after the other, since what was made within a millisecond has no order.
				{ at: new Date(test.clock.now().getTime() + index) }
			);
		expect(await codes({ search: 'look-' })).toEqual([...made].reverse());
		expect(await codes({ search: 'HARV' })).toEqual([...made].reverse());
		expect(await codes({ search: '%' })).toEqual([]);
		const first = await find({ search: 'look-', limit: 2 });
		expect(first.coupons.map(({ code }) => code)).toEqual(['LOOK-THREE', 'LOOK-TWO']);
		const second = await find({ search: 'look-', limit: 2, after: first.next ?? '' });
		expect(second).toMatchObject({ coupons: [{ code: 'LOOK-ONE' }], next: null });

		await redeem(businesses.mavuno, 'LOOK-ONE', 'sub_6');
		await withSystem('test', (scope) => endCoupon(scope, { code: 'LOOK-TWO' }));
		expect(await codes({ search: 'look-', standing: 'taken' })).toEqual(['LOOK-THREE']);
		expect(await codes({ search: 'look-', standing: 'over' })).toEqual(['LOOK-TWO', 'LOOK-ONE']);
	});

	it('tell who used them, the latest first, and nobody else', async () => {
		const { code, id } = await save({});
		await save({ code: 'NOT-THIS-ONE' });
		const ids = ['sub_06ebk3w5000000000000000001', 'sub_06ebk3w5000000000000000002'];
		await redeem(businesses.mavuno, code, ids[0] ?? '');
		await redeem(businesses.pwani, 'NOT-THIS-ONE', 'sub_06ebk3w5000000000000000003');
		await redeem(businesses.pwani, code, ids[1] ?? '');
		const users = (after?: string) =>
			withSystem('test', (scope) =>
				listRedemptions(scope, { couponId: id, limit: 1, ...(after ? { after } : {}) })
			);
		const first = await users();
		expect(first.redemptions).toMatchObject([{ businessId: businesses.pwani.businessId }]);
		const second = await users(first.next ?? '');
		expect(second.redemptions).toMatchObject([{ businessId: businesses.mavuno.businessId }]);
		expect(second.next).toBeNull();
		const read = await withSystem('test', (scope) => readCoupon(scope, { code }));
		expect(read).toMatchObject({ id, redeemed: 2, madeBy: 'test' });
		await expect(
			withBusiness(businesses.mavuno, (scope) => listRedemptions(scope, { couponId: id }))
		).rejects.toThrow(Forbidden);
	});
});
