import { describe, expect, it } from 'vitest';
import { boundaryAfter, civilDate, daysBetween, wholePeriodOf } from './periods.ts';

describe('monthly boundaries', () => {
	it.each([
		['2026-01-31', '2026-01-31', '2026-02-28'],
		['2026-01-31', '2026-02-27', '2026-02-28'],
		['2026-01-31', '2026-02-28', '2026-03-31'],
		['2026-01-31', '2026-03-31', '2026-04-30'],
		['2028-01-30', '2028-01-30', '2028-02-29'],
		['2028-01-30', '2028-02-29', '2028-03-30'],
		['2026-11-01', '2026-11-01', '2026-12-01'],
		['2026-11-01', '2026-12-31', '2027-01-01'],
		['2026-11-15', '2026-11-14', '2026-11-15'],
		['2024-02-29', '2025-01-31', '2025-02-28'],
		// A day before the anchor: the anchor itself is the first boundary.
		['2026-11-15', '2026-09-01', '2026-11-15']
	])('anchored on %s, the first after %s is %s', (anchor, day, boundary) => {
		expect(boundaryAfter(anchor, day)).toBe(boundary);
	});
});

describe('the whole period that a day is in', () => {
	it.each([
		['2026-11-15', '2026-11-20', '2026-11-15', '2026-12-15'],
		['2026-11-15', '2026-11-15', '2026-11-15', '2026-12-15'],
		// Before the anchor too.
		['2026-11-15', '2026-11-14', '2026-10-15', '2026-11-15'],
		['2026-11-15', '2026-08-15', '2026-08-15', '2026-09-15'],
		['2026-03-31', '2026-02-28', '2026-02-28', '2026-03-31'],
		['2026-03-31', '2026-02-27', '2026-01-31', '2026-02-28']
	])('anchored on %s, %s is in that from %s to %s', (anchor, day, start, end) => {
		expect(wholePeriodOf(anchor, day)).toEqual({ start, end });
	});
});

describe('civil dates', () => {
	it.each([
		['2026-11-30T20:59:59Z', 'Africa/Nairobi', '2026-11-30'],
		['2026-11-30T21:00:00Z', 'Africa/Nairobi', '2026-12-01'],
		['2026-11-30T21:00:00Z', 'America/Los_Angeles', '2026-11-30']
	])('%s in %s is %s', (at, zone, day) => {
		expect(civilDate(new Date(at), zone)).toBe(day);
	});

	it('count from one to the other, back too', () => {
		expect(daysBetween('2026-11-25', '2026-11-30')).toBe(5);
		expect(daysBetween('2026-12-02', '2026-11-30')).toBe(-2);
		expect(daysBetween('2026-10-15', '2026-11-30')).toBe(46);
	});
});
