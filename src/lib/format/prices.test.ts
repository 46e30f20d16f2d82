import { describe, expect, it } from 'vitest';
import { planWords, priceWords, type AskedPrice } from './prices.ts';

const month = { currency: 'KES', interval: 'month' };
const flat: AskedPrice = {
	kind: 'flat',
	label: 'Base',
	price: { model: 'flat', amount: '4500.00' }
};
const sms: AskedPrice = {
	kind: 'usage',
	label: 'SMS',
	price: { model: 'per_unit', unit_amount: '0.9', included: '6000' }
};
const usage = (price: AskedPrice['price']): AskedPrice => ({ kind: 'usage', label: 'SMS', price });

describe('a price in words', () => {
	it('is a sentence', () => {
		expect(planWords([flat, sms], month)).toBe(
			'KES 4,500 a month, then SMS at KES 0.90 each beyond 6,000'
		);
		expect(planWords([], month)).toBe('Nothing is asked');
	});

	it.each<[AskedPrice, string]>([
		[{ ...flat, kind: 'one_off' }, 'KES 4,500 once'],
		[{ ...flat, kind: 'minimum' }, 'at least KES 4,500 a month'],
		[
			{ kind: 'seat', label: 'Seats', price: { model: 'per_unit', unit_amount: '500.5' } },
			'KES 500.50 per seat a month'
		],
		[usage({ model: 'per_unit', unit_amount: '0.0055' }), 'SMS at KES 0.0055 each'],
		[
			usage({ model: 'package', package_size: '1000', package_amount: '800' }),
			'KES 800 for each begun 1,000 SMS'
		],
		[
			usage({
				model: 'percentage',
				rate_percent: '2.5',
				fixed_per_event: '3',
				maximum_spend: '100'
			}),
			'2.5% of SMS and KES 3 each, at most KES 100'
		],
		[
			usage({
				model: 'graduated',
				tiers: [
					{ up_to: '1000', unit_amount: '1' },
					{ up_to: null, unit_amount: '0.8', flat_amount: '50' }
				]
			}),
			'SMS: KES 1 each up to 1,000, KES 50 + KES 0.80 each above'
		],
		[
			usage({ model: 'volume', tiers: [{ up_to: null, unit_amount: '0' }] }),
			'SMS, all of them at the tier reached: KES 0 each above'
		]
	])('says %o', (price, words) => {
		expect(priceWords(price, month)).toBe(words);
	});
});
