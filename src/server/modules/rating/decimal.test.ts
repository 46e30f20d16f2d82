import { describe, expect, it } from 'vitest';
import { decimal, decimalText, minus, rounded, times } from './decimal.ts';

describe('a decimal', () => {
	it.each([
		['0', '0'],
		['-0.50', '-0.5'],
		['4800', '4800'],
		['1486.000', '1486'],
		['0.90', '0.9'],
		['-12.034', '-12.034'],
		['12345678901234567890.5', '12345678901234567890.5']
	])('%s is written %s', (text, written) => {
		expect(decimalText(decimal(text))).toBe(written);
	});

	it.each(['', '.5', '5.', '1e3', '1,000', ' 1', '--1', 'NaN'])('“%s” is none', (text) => {
		expect(() => decimal(text)).toThrow(RangeError);
	});

	it.each([
		['0.1', '0.2', '0.02'],
		['4800', '0.90', '4320'],
		['-3', '0.333', '-0.999']
	])('%s times %s is %s', (one, other, product) => {
		expect(decimalText(times(decimal(one), decimal(other)))).toBe(product);
	});

	it.each([
		['89', '100', '-11'],
		['0.3', '0.1', '0.2']
	])('%s minus %s is %s', (one, other, difference) => {
		expect(decimalText(minus(decimal(one), decimal(other)))).toBe(difference);
	});

	it.each([
		['0.5', 1n],
		['-0.5', -1n],
		['1.5', 2n],
		['2.5', 3n],
		['-2.5', -3n],
		['2.4999999', 2n],
		['-2.4999999', -2n],
		['7', 7n],
		['0', 0n]
	])('%s is rounded to %s: halves go away from zero', (text, whole) => {
		expect(rounded(decimal(text))).toBe(whole);
	});
});
