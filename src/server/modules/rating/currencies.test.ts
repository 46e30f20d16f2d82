import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { minorDigits as shownDigits } from '#lib/format/money.ts';
import { Currency, lineMinor, major, minorDigits } from './currencies.ts';

describe('currencies', () => {
	it.each([
		['KES', 2],
		['USD', 2],
		['PKR', 2],
		['JPY', 0],
		['UGX', 0],
		['KWD', 3],
		['CLF', 4]
	])('%s has %d digits behind the point', (currency, digits) => {
		expect(minorDigits(currency)).toBe(digits);
	});

	it('are shown with the digits that they are reckoned with', () => {
		const codes = Intl.supportedValuesOf('currency').filter((code) => v.is(Currency, code));
		expect(codes.length).toBeGreaterThan(140);
		for (const code of codes) expect(shownDigits(code), code).toBe(minorDigits(code));
	});

	it.each(['KSH', 'kes', 'XXX', 'XAU', 'DEM', '', 'KE'])('“%s” is none', (code) => {
		expect(v.is(Currency, code)).toBe(false);
		expect(() => minorDigits(code)).toThrow(RangeError);
	});
});

describe('the rounding of a line', () => {
	it.each([
		// Left out: other units of rounding (`round-unit-…`), and rounding up or down.
		['openmeter-round-01', '1.23456789', 'USD', '1.23'],
		['gobl-05', '1234.56', 'JPY', '1235'],
		['rounding-02', '8.2550', 'USD', '8.26'],
		['tie-modes-03', '-0.5', 'JPY', '-1'],
		['tie-modes-04', '1.5', 'JPY', '2'],
		['tie-modes-05', '-2.5', 'JPY', '-3'],
		['a shilling of Uganda', '0.4999999999999', 'UGX', '0'],
		['fils', '1.0005', 'KWD', '1.001']
	])('%s: %s in %s is %s', (_id, amount, currency, written) => {
		expect(major(lineMinor(amount, currency), currency)).toBe(written);
	});

	it('takes fifteen digits, and refuses the sixteenth', () => {
		expect(lineMinor('9999999999999.99', 'KES')).toBe(999_999_999_999_999n);
		expect(() => lineMinor('9999999999999.995', 'KES')).toThrow('more than 15 digits');
		expect(() => lineMinor('-10000000000000', 'KES')).toThrow('more than 15 digits');
		expect(lineMinor('999999999999999', 'JPY')).toBe(999_999_999_999_999n);
		expect(() => lineMinor('1000000000000000', 'JPY')).toThrow('more than 15 digits');
	});
});
