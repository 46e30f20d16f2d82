import { describe, expect, it } from 'vitest';
import { formatUnitPrice } from './unit-price.ts';

describe('the price of one unit', () => {
	it.each([
		['200', 'KES', 'KES 2.00'],
		['12000', 'KES', 'KES 120.00'],
		['0.5', 'KES', 'KES 0.005'],
		['90.25', 'KES', 'KES 0.9025'],
		['200.0', 'KES', 'KES 2.00'],
		['2.5', 'UGX', 'UGX 2.5'],
		['0.1234567', 'KES', 'KES 0.001234567']
	])('%s minor units of %s is written %s', (unitMinor, currency, written) => {
		expect(formatUnitPrice(unitMinor, currency)).toBe(written);
	});
});
