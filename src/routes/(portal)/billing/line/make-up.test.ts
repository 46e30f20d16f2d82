import { expect, it } from 'vitest';
import { rate } from '#server/modules/rating/index.ts';
import { beyond, wordSteps } from './make-up.ts';

const words = (...args: Parameters<typeof rate>) => wordSteps(rate(...args).steps, 'KES');

it('says what was charged at which price', () => {
	expect(
		words({ model: 'per_unit', unit_amount: '0.9', included: '6000' }, { quantity: '7240' })
	).toEqual([{ words: '1,240 at 0.90', amount: '1,116.00' }]);
});

it('says tier by tier what lies in it, and what is asked once', () => {
	const tiers = [
		{ up_to: '100', unit_amount: '2', flat_amount: null },
		{ up_to: null, unit_amount: '1.5', flat_amount: '50' }
	];
	expect(words({ model: 'graduated', tiers }, { quantity: '140' })).toEqual([
		{ words: 'Tier 1, 0 to 100: 100 at 2.00', amount: '200.00' },
		{ words: 'Tier 2, above 100: 40 at 1.50, and 50.00 once', amount: '110.00' }
	]);
});

it('says what brings a line to its minimum', () => {
	expect(
		words({ model: 'per_unit', unit_amount: '1', minimum_spend: '500' }, { quantity: '120' })
	).toEqual([
		{ words: '120 at 1.00', amount: '120.00' },
		{ words: 'Up to the minimum of 500.00', amount: '380.00' }
	]);
});

it('says packages and shares', () => {
	expect(
		words({ model: 'package', package_size: '100', package_amount: '5' }, { quantity: '250' })
	).toEqual([{ words: '3 packages at 5.00', amount: '15.00' }]);
	expect(words({ model: 'percentage', rate_percent: '1.5' }, { total: '2000' })[0]).toEqual({
		words: '1.5% of 2,000',
		amount: '30.00'
	});
});

it('takes one exact number from another', () => {
	expect(beyond('7240', '1240')).toBe('6000');
	expect(beyond('10.25', '0.5')).toBe('9.75');
	expect(beyond('5', '5.0')).toBeNull();
	expect(beyond('3', '5')).toBeNull();
});
