import { describe, expect, it } from 'vitest';
import {
	civilDate,
	daysAfter,
	daysBetween,
	formatAgo,
	formatDate,
	formatDateTime,
	formatDay,
	formatDayHeading,
	formatDays,
	formatMonth,
	formatTime
} from './dates.ts';

const nairobi = 'Africa/Nairobi';

describe('civil dates', () => {
	it.each([
		['2026-11-25T20:59:59Z', nairobi, '2026-11-25'],
		['2026-11-25T21:00:00Z', nairobi, '2026-11-26'],
		['2026-11-26T04:59:59Z', 'America/New_York', '2026-11-25'],
		['2026-11-25T12:00:00Z', 'Pacific/Kiritimati', '2026-11-26']
	])('at %s in %s it is %s', (at, zone, day) => {
		expect(civilDate(new Date(at), zone)).toBe(day);
	});

	it.each([
		['2024-02-28', 1, '2024-02-29'],
		['2026-02-28', 1, '2026-03-01'],
		['2026-01-01', -1, '2025-12-31']
	])('%s and %d days is %s', (day, days, other) => {
		expect(daysAfter(day, days)).toBe(other);
	});

	it('are counted apart across a change of clocks', () => {
		expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
		expect(daysBetween('2026-11-30', '2026-11-25')).toBe(-5);
	});
});

describe('written dates', () => {
	it.each([
		['2026-11-12', 'en-KE', '12 Nov 2026'],
		['2026-09-01', 'en-KE', '1 Sep 2026'],
		['2026-05-01', 'sw-KE', '1 Mei 2026']
	])('%s in %s is %s', (day, locale, written) => {
		expect(formatDate(day, locale)).toBe(written);
	});

	it('leave the year out where it can not be mistaken', () => {
		expect(formatDay('2026-11-12', 'en-KE')).toBe('12 Nov');
		expect(formatMonth('2026-11-12', 'en-KE')).toBe('November');
	});

	it.each([
		['2026-11-01', '2026-11-25', 'keep', '1 – 25 Nov 2026'],
		['2026-11-01', '2026-11-25', 'drop', '1 – 25 Nov'],
		['2026-10-28', '2026-11-03', 'keep', '28 Oct – 3 Nov 2026'],
		['2026-10-28', '2026-11-03', 'drop', '28 Oct – 3 Nov'],
		['2025-12-30', '2026-01-02', 'drop', '30 Dec 2025 – 2 Jan 2026'],
		['2025-11-01', '2026-11-25', 'keep', '1 Nov 2025 – 25 Nov 2026'],
		['2026-11-25', '2026-11-25', 'keep', '25 Nov 2026']
	] as const)('from %s to %s, years %s, is %s', (from, to, year, written) => {
		expect(formatDays(from, to, year, 'en-KE')).toBe(written);
	});

	it('tell the time by the clock of the zone', () => {
		const at = new Date('2026-11-25T21:04:00Z');
		expect(formatTime(at, nairobi)).toBe('00:04');
		expect(formatDateTime(at, nairobi, 'en-KE')).toBe('26 Nov 2026, 00:04');
	});
});

describe('how long ago', () => {
	const now = new Date('2026-11-25T11:04:00Z'); // 14:04 in Nairobi

	it.each([
		['2026-11-25T11:04:30Z', 'Just now'],
		['2026-11-25T11:03:01Z', 'Just now'],
		['2026-11-25T11:03:00Z', '1 minute ago'],
		['2026-11-25T10:05:00Z', '59 minutes ago'],
		['2026-11-25T09:04:00Z', '2 hours ago'],
		['2026-11-24T21:00:00Z', '14 hours ago'],
		['2026-11-24T20:59:00Z', 'Yesterday'],
		['2026-11-23T21:00:00Z', 'Yesterday'],
		['2026-11-23T20:59:00Z', '2 days ago'],
		['2026-11-19T09:00:00Z', '6 days ago'],
		['2026-11-18T09:00:00Z', '18 Nov'],
		['2025-11-18T09:00:00Z', '18 Nov 2025']
	])('%s is %s', (at, written) => {
		expect(formatAgo(new Date(at), now, nairobi, 'en-KE')).toBe(written);
	});

	it('stays in hours shortly after midnight', () => {
		const night = new Date('2026-11-24T22:00:00Z'); // 01:00 in Nairobi
		expect(formatAgo(new Date('2026-11-24T20:30:00Z'), night, nairobi, 'en-KE')).toBe('1 hour ago');
	});
});

describe('headings of days', () => {
	it.each([
		['2026-11-25', 'Today, 25 Nov'],
		['2026-11-24', 'Yesterday, 24 Nov'],
		['2026-11-23', 'Mon 23 Nov'],
		['2025-12-31', 'Wed 31 Dec 2025']
	])('%s is headed %s', (day, heading) => {
		expect(formatDayHeading(day, '2026-11-25', 'en-KE')).toBe(heading);
	});
});
