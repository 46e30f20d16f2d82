import { describe, expect, it } from 'vitest';
import { changePercent, civilDate, monthsUpTo } from './months.ts';

describe('the change between two months', () => {
	it.each([
		[16, 18, 12.5],
		[31, 34, 9.7],
		[18, 16, -11.1],
		[16, 16, 0],
		[16, 0, -100],
		[0, 16, null],
		[0, 0, null],
		// Halves go away from zero both ways.
		[2000, 2001, 0.1],
		[2000, 1999, -0.1]
	])('from %s to %s is %s %%', (from, to, percent) => {
		expect(changePercent(from, to)).toBe(percent);
	});
});

describe('months', () => {
	it.each([
		['2026-11-25', 3, ['2026-09', '2026-10', '2026-11']],
		['2027-01-31', 3, ['2026-11', '2026-12', '2027-01']],
		['2028-02-29', 2, ['2028-01', '2028-02']]
	])('up to %s, %s of them, are %s', (day, count, months) => {
		expect(monthsUpTo(day, count)).toEqual(months);
	});

	it('begin at midnight in the zone', () => {
		expect(civilDate(new Date('2026-10-31T20:59:59Z'), 'Africa/Nairobi')).toBe('2026-10-31');
		expect(civilDate(new Date('2026-10-31T21:00:00Z'), 'Africa/Nairobi')).toBe('2026-11-01');
	});
});
