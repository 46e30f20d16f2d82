import { describe, expect, it } from 'vitest';
import { allocate, discount } from './allocation.ts';

describe('allocating', () => {
	it.each([
		// OpenMeter's cases, whose weights are in the order that breaks its ties.
		['openmeter-allocate-03', 5n, [1n, 1n, 1n], [2n, 2n, 1n]],
		['openmeter-allocate-05', 5n, [1n, 1n], [3n, 2n]],
		['openmeter-allocate-06', 1n, [100n, 1n], [1n, 0n]],
		['openmeter-allocate-08', 500n, [1000n, 500n], [333n, 167n]],
		['allocation-02', 1000n, [3333n, 3333n, 3334n], [333n, 333n, 334n]],
		['a negative total', -5n, [1n, 1n, 1n], [-2n, -2n, -1n]],
		['nothing over nothing', 0n, [0n, 0n], [0n, 0n]],
		['a weight of nothing', 7n, [0n, 3n], [0n, 7n]]
	])('%s: %d over %s is %s', (_id, total, weights, parts) => {
		expect(allocate(total, weights)).toEqual(parts);
	});

	it.each([
		['a negative weight', 1n, [1n, -1n]],
		['something over nothing', 1n, [0n]]
	])('refuses %s', (_what, total, weights) => {
		expect(() => allocate(total, weights)).toThrow(RangeError);
	});
});

describe('a discount', () => {
	it.each([
		// Lago's coupons. Left out: how often a coupon is used (`lago-coupon-04`, `-05`), which is no reckoning.
		['lago-coupon-01', [200n, 100n], { amountMinor: 12n }, [8n, 4n]],
		['lago-coupon-06', [6n], { amountMinor: 12n }, [6n]],
		['lago-coupon-tax-02', [10000n], { amountMinor: 10001n }, [10000n]],
		['lago-multi-tax-02', [1000n, 2000n], { amountMinor: 1000n }, [333n, 667n]],
		['per cent, rounded once', [333n, 333n, 333n], { percent: '10' }, [34n, 33n, 33n]],
		['half a cent', [1n], { percent: '50' }, [1n]],
		['more than all', [100n], { percent: '150' }, [100n]],
		['beside a credit', [1000n, -500n], { percent: '10' }, [100n, 0n]],
		['of nothing', [0n, 0n], { amountMinor: 5n }, [0n, 0n]]
	])('%s: off %s, by %o, is %s', (_id, amounts, by, shares) => {
		const { appliedMinor, sharesMinor } = discount(amounts, by);
		expect(sharesMinor).toEqual(shares);
		expect(appliedMinor).toBe(shares.reduce((sum, share) => sum + share, 0n));
	});

	it('is not negative', () => {
		expect(() => discount([100n], { amountMinor: -1n })).toThrow(RangeError);
	});
});
