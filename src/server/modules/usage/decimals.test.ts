import { describe, expect, it } from 'vitest';
import { addDecimals, compareDecimals, readDecimal, type Decimal } from './decimals.ts';

describe('reading a value', () => {
	it.each<[unknown, Decimal | null]>([
		[100, 100],
		['100', 100],
		[-5, -5],
		[0, 0],
		[-0, 0],
		['-0', 0],
		['-0.000', 0],
		['007', 7],
		['14.2', '14.2'],
		['14.20', '14.2'],
		[14.2, '14.2'],
		[0.1 + 0.2, '0.30000000000000004'],
		[1e21, '1000000000000000000000'],
		[1.5e-7, '0.00000015'],
		[-1.25e-10, '-0.000000000125'],
		['9007199254740991', 9007199254740991],
		['9007199254740993', '9007199254740993'],
		['123456789012345678901234567890', '123456789012345678901234567890'],
		['1234567890123456789012345678901', null],
		[1e30, null],
		[1e-41, null],
		['', null],
		[' 1', null],
		['1e3', null],
		['0x10', null],
		['1,000', null],
		['.5', null],
		['5.', null],
		['not a number', null],
		['NaN', null],
		[NaN, null],
		[Infinity, null],
		[null, null],
		[undefined, null],
		[true, null],
		[{}, null],
		[[1], null]
	])('takes %j as %j', (value, expected) => {
		expect(readDecimal(value)).toBe(expected);
	});
});

describe('reckoning', () => {
	it.each<[Decimal, Decimal, Decimal]>([
		[1, 2, 3],
		['0.1', '0.2', '0.3'],
		['0.5', '0.5', 1],
		['-0.25', 1, '0.75'],
		['0.05', '-0.05', 0],
		[9007199254740991, 1, '9007199254740992'],
		['9007199254740992', -1, 9007199254740991],
		['0.0000000001', '100000000000000000000', '100000000000000000000.0000000001']
	])('adds %s and %s to %s, exactly', (a, b, sum) => {
		expect(addDecimals(a, b)).toBe(sum);
		expect(addDecimals(b, a)).toBe(sum);
	});

	it.each<[Decimal, Decimal]>([
		[1, 2],
		[-2, 1],
		['14.1', '14.2'],
		['-14.2', '-14.1'],
		[12, '12.0000000001'],
		['9007199254740992', '9007199254740993']
	])('puts %s before %s', (less, more) => {
		expect(compareDecimals(less, more)).toBeLessThan(0);
		expect(compareDecimals(more, less)).toBeGreaterThan(0);
		expect(compareDecimals(less, less)).toBe(0);
	});
});
