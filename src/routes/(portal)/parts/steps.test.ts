import { describe, expect, it } from 'vitest';
import { readRange } from '#lib/format/ranges.ts';
import { stepAt, stepsOf } from './steps.ts';

const nairobi = 'Africa/Nairobi';
/** 14:02 on 25 November 2026 in Nairobi */
const now = new Date('2026-11-25T11:02:00Z');

function steps(query: string, at = now, zone = nairobi) {
	const { bucket, current, previous, begun, previousEnd } = stepsOf(
		readRange(new URLSearchParams(query), at, zone),
		zone
	);
	return {
		bucket,
		current: [current.length, current[0], current.at(-1)],
		previous: [previous.length, previous[0], previous.at(-1)],
		begun,
		previousEnd: previousEnd.toISOString()
	};
}

describe('the axis of a range', () => {
	it('of the month so far goes on to the ends of both months', () => {
		expect(steps('')).toEqual({
			bucket: 'day',
			current: [30, '2026-11-01', '2026-11-30'],
			previous: [31, '2026-10-01', '2026-10-31'],
			begun: 25,
			previousEnd: '2026-10-31T21:00:00.000Z'
		});
	});

	it('of days ends with the range', () => {
		expect(steps('range=7d')).toEqual({
			bucket: 'day',
			current: [7, '2026-11-19', '2026-11-25'],
			previous: [7, '2026-11-12', '2026-11-18'],
			begun: 7,
			previousEnd: '2026-11-18T11:02:00.000Z'
		});
	});

	it('of today is its hours, of which the running one has begun', () => {
		expect(steps('range=today')).toEqual({
			bucket: 'hour',
			current: [24, '2026-11-25T00:00', '2026-11-25T23:00'],
			previous: [24, '2026-11-24T00:00', '2026-11-24T23:00'],
			begun: 15,
			previousEnd: '2026-11-24T11:02:00.000Z'
		});
	});

	it('of one day that is over has all its hours', () => {
		expect(steps('range=custom&from=2026-11-10&to=2026-11-10').begun).toBe(24);
	});

	it('follows the zone of the business', () => {
		const late = new Date('2026-11-30T21:30:00Z'); // 1 December in Nairobi
		expect(steps('', late).begun).toBe(1);
		expect(steps('', late, 'Europe/London').begun).toBe(30);
	});
});

describe('the step of an instant', () => {
	it.each([
		['2026-11-24T20:59:59Z', 'day', '2026-11-24'],
		['2026-11-24T21:00:00Z', 'day', '2026-11-25'],
		['2026-11-24T21:00:00Z', 'hour', '2026-11-25T00:00'],
		['2026-11-25T11:59:00Z', 'hour', '2026-11-25T14:00']
	] as const)('%s lies in the %s %s of Nairobi', (at, bucket, step) => {
		expect(stepAt(new Date(at), bucket, nairobi)).toBe(step);
	});
});
