import { describe, expect, it } from 'vitest';
import { changeOf, formatNumber, formatPercent } from './numbers.ts';

describe('numbers', () => {
	it.each([
		[3942, '3,942'],
		[0, '0'],
		[2.1, '2.1'],
		[2.05, '2.1'],
		[12n, '12'],
		[-1500, '-1,500']
	])('%d is written %s', (value, written) => {
		expect(formatNumber(value, 'en-KE')).toBe(written);
	});

	it.each([
		[0.125, '12.5%'],
		[0.7, '70%'],
		[1, '100%'],
		[0.0004, '0%']
	])('a share of %d is written %s', (share, written) => {
		expect(formatPercent(share, 'en-KE')).toBe(written);
	});
});

describe('change against the period before', () => {
	it.each([
		[18, 16, { direction: 'up', percent: '12.5%' }],
		[34, 31, { direction: 'up', percent: '9.7%' }],
		[2, 3, { direction: 'down', percent: '33.3%' }],
		[31, 31, { direction: 'same', percent: '0%' }],
		[10_001, 10_000, { direction: 'same', percent: '0%' }],
		[0, 0, { direction: 'same', percent: '0%' }],
		[0, 8, { direction: 'down', percent: '100%' }],
		[5, 0, null],
		[5, null, null]
	])('%d after %s is %o', (now, before, change) => {
		expect(changeOf(now, before, 'en-KE')).toEqual(change);
	});
});
