import { describe, expect, it } from 'vitest';
import { formatMoney, minorDigits, moneyParts } from './money.ts';

describe('money', () => {
	it.each([
		[1_250_000n, 'KES', 'KES 12,500.00'],
		[0n, 'KES', 'KES 0.00'],
		[5n, 'KES', 'KES 0.05'],
		[99n, 'KES', 'KES 0.99'],
		[100n, 'KES', 'KES 1.00'],
		[-4_758_900n, 'KES', 'KES -47,589.00'],
		[-5n, 'KES', 'KES -0.05'],
		[48_720n, 'UGX', 'UGX 48,720'],
		[1_234_567n, 'BHD', 'BHD 1,234.567'],
		[7n, 'BHD', 'BHD 0.007'],
		[12_345n, 'USD', 'USD 123.45']
	])('%d minor units of %s are written %s', (amount, currency, written) => {
		expect(formatMoney(amount, currency, 'en-KE')).toBe(written);
	});

	it('is exact far beyond what a floating point number holds', () => {
		expect(formatMoney(900_719_925_474_099_312_345n, 'KES', 'en-KE')).toBe(
			'KES 9,007,199,254,740,993,123.45'
		);
	});

	it('is written with the same digits in Kiswahili', () => {
		expect(formatMoney(1_250_000n, 'KES', 'sw-KE')).toBe('KES 12,500.00');
	});

	it('comes in two pieces for figures with a small currency', () => {
		expect(moneyParts(4_872_000n, 'KES', 'en-KE')).toEqual({
			currency: 'KES',
			number: '48,720.00'
		});
	});

	it.each([
		['KES', 2],
		['UGX', 0],
		['JPY', 0],
		['BHD', 3]
	])('%s has %d digits behind the point', (currency, digits) => {
		expect(minorDigits(currency)).toBe(digits);
	});

	it('refuses what is not a currency code', () => {
		expect(() => formatMoney(1n, 'shillings', 'en-KE')).toThrow(RangeError);
	});
});
