import { describe, expect, it } from 'vitest';
import { readRange } from './ranges.ts';

const nairobi = 'Africa/Nairobi';
/** 14:02 on 25 November 2026 in Nairobi */
const november = new Date('2026-11-25T11:02:00Z');

function read(query: string, now = november, zone = nairobi) {
	return readRange(new URLSearchParams(query), now, zone);
}

/** The civil dates of a range and of what it is compared with. */
function dates(query: string, now?: Date, zone?: string) {
	const { from, to, previous } = read(query, now, zone);
	return [from, to, previous.from, previous.to];
}

describe('a date range in the address', () => {
	it.each([
		['', ['2026-11-01', '2026-11-25', '2026-10-01', '2026-10-25']],
		['range=month', ['2026-11-01', '2026-11-25', '2026-10-01', '2026-10-25']],
		['range=last-month', ['2026-10-01', '2026-10-31', '2026-09-01', '2026-09-30']],
		['range=today', ['2026-11-25', '2026-11-25', '2026-11-24', '2026-11-24']],
		['range=7d', ['2026-11-19', '2026-11-25', '2026-11-12', '2026-11-18']],
		['range=30d', ['2026-10-27', '2026-11-25', '2026-09-27', '2026-10-26']],
		['range=90d', ['2026-08-28', '2026-11-25', '2026-05-30', '2026-08-27']],
		[
			'range=custom&from=2026-11-10&to=2026-11-12',
			['2026-11-10', '2026-11-12', '2026-11-07', '2026-11-09']
		],
		[
			'range=custom&from=2026-11-20&to=2026-12-31',
			['2026-11-20', '2026-11-25', '2026-11-14', '2026-11-19']
		]
	])('?%s covers %o', (query, expected) => {
		expect(dates(query)).toEqual(expected);
	});

	it.each([
		['31 March', '2026-03-31T09:00:00Z', ['2026-03-01', '2026-03-31', '2026-02-01', '2026-02-28']],
		[
			'29 March of a leap year',
			'2028-03-29T09:00:00Z',
			['2028-03-01', '2028-03-29', '2028-02-01', '2028-02-29']
		],
		['1 January', '2027-01-01T09:00:00Z', ['2027-01-01', '2027-01-01', '2026-12-01', '2026-12-01']]
	])('the month so far, on %s, is compared as far as the month before goes', (_, now, expected) => {
		expect(dates('', new Date(now))).toEqual(expected);
	});

	it('last month in March of a leap year is the whole of February', () => {
		expect(dates('range=last-month', new Date('2028-03-05T09:00:00Z'))).toEqual([
			'2028-02-01',
			'2028-02-29',
			'2028-01-01',
			'2028-01-29'
		]);
	});

	it('ends now when it reaches today, and what it is compared with at the same time of day', () => {
		const range = read('');
		expect(range.start.toISOString()).toBe('2026-10-31T21:00:00.000Z');
		expect(range.end).toEqual(november);
		expect(range.previous.start.toISOString()).toBe('2026-09-30T21:00:00.000Z');
		expect(range.previous.end.toISOString()).toBe('2026-10-25T11:02:00.000Z');
	});

	it('that is over ends with its last day', () => {
		const range = read('range=last-month');
		expect(range.end.toISOString()).toBe('2026-10-31T21:00:00.000Z');
		expect(range.previous.end.toISOString()).toBe('2026-09-30T21:00:00.000Z');
	});

	it('compares to the end of a shorter month before', () => {
		const range = read('', new Date('2026-03-31T09:00:00Z'));
		expect(range.previous.end.toISOString()).toBe('2026-02-28T21:00:00.000Z');
	});

	it('begins immediately after what it is compared with when it counts days', () => {
		const range = read('range=custom&from=2026-11-10&to=2026-11-12');
		expect(range.previous.end).toEqual(range.start);
	});

	it('follows the days of the zone, not those of the machine', () => {
		const lateEvening = new Date('2026-11-30T21:30:00Z'); // 1 December in Nairobi
		expect(dates('', lateEvening)).toEqual([
			'2026-12-01',
			'2026-12-01',
			'2026-11-01',
			'2026-11-01'
		]);
		expect(dates('', lateEvening, 'Europe/London')).toEqual([
			'2026-11-01',
			'2026-11-30',
			'2026-10-01',
			'2026-10-30'
		]);
	});

	it('has days of 23 hours where clocks go forward', () => {
		const range = read('range=custom&from=2026-03-29&to=2026-03-29', november, 'Europe/London');
		expect(range.end.getTime() - range.start.getTime()).toBe(23 * 3_600_000);
	});

	it('is called by its month or by its days', () => {
		const month = read('');
		expect([month.label, month.name, month.shortName]).toEqual([
			'1 – 25 Nov 2026',
			'November',
			'Nov'
		]);
		expect([month.previous.label, month.previous.name]).toEqual(['1 – 25 Oct 2026', 'October']);
		const week = read('range=7d');
		expect([week.label, week.name]).toEqual(['19 – 25 Nov 2026', '19 – 25 Nov']);
	});
});

describe('a date range that makes no sense', () => {
	it.each([
		['range=fortnight', 'is not known'],
		['range=custom', 'needs a first and a last date'],
		['range=custom&from=2026-02-30&to=2026-03-01', 'needs a first and a last date'],
		['range=custom&from=01/11/2026&to=2026-11-05', 'needs a first and a last date'],
		['range=custom&from=2026-11-12&to=2026-11-10', 'lies after the last'],
		['range=custom&from=2026-12-01&to=2026-12-02', 'ahead of today'],
		['range=custom&from=2020-01-01&to=2026-11-01', 'at most 366 days']
	])('?%s falls to the month so far and says why', (query, words) => {
		const range = read(query);
		expect(range.key).toBe('month');
		expect([range.from, range.to]).toEqual(['2026-11-01', '2026-11-25']);
		expect(range.problem).toContain(words);
	});

	it('is none of the ranges that do', () => {
		expect(read('range=custom&from=2025-11-26&to=2026-11-25').problem).toBeNull();
		expect(read('range=30d').problem).toBeNull();
	});
});
