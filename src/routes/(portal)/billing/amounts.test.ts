import { describe, expect, it } from 'vitest';
import { formatAmount, formatQuantity, formatRate } from './amounts.ts';

describe('the price of one', () => {
	it.each([
		['1850000', 'KES', '18,500.00'],
		['90', 'KES', '0.90'],
		['0.5', 'KES', '0.005'],
		['5', 'KES', '0.05'],
		['-1250', 'KES', '-12.50'],
		['123456789012345678.25', 'KES', '1,234,567,890,123,456.7825'],
		['1500', 'UGX', '1,500'],
		['0.25', 'UGX', '0.25'],
		['1250', 'BHD', '1.250']
	])('%s minor units of %s are written %s', (unitMinor, currency, written) => {
		expect(formatRate(unitMinor, currency, 'en-KE')).toBe(written);
	});
});

describe('a quantity', () => {
	it.each([
		['1', '1'],
		['4800', '4,800'],
		['1322.125', '1,322.125'],
		['90071992547409931', '90,071,992,547,409,931']
	])('of %s is written %s', (quantity, written) => {
		expect(formatQuantity(quantity, 'en-KE')).toBe(written);
	});
});

it('an amount is written without its currency', () => {
	expect(formatAmount(4_758_900n, 'KES')).toBe('47,589.00');
});
