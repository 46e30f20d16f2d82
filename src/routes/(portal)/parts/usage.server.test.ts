import { describe, expect, it } from 'vitest';
import { readRange } from '#lib/format/ranges.ts';
import { stepsOf } from './steps.ts';
import { viewUsage } from './usage.server.ts';

const zone = 'Africa/Nairobi';
/** Noon on Wednesday, 25 November 2026, in Nairobi. */
const now = new Date('2026-11-25T09:00:00Z');

/** A hundred bytes each day from one to another, today's not yet. */
function bytes(month: string, from: number, to: number): Map<string, number> {
	const days = Array.from({ length: to - from + 1 }, (_, place) => place + from);
	return new Map(days.map((day) => [`2026-${month}-${String(day).padStart(2, '0')}`, 100]));
}

function expected(query: string, steps: Map<string, number>, previousSteps = new Map()) {
	const range = readRange(new URLSearchParams(query), now, zone);
	const total = [...steps.values()].reduce((sum, value) => sum + value, 0);
	const measured = { total, previous: null, steps, previousSteps };
	return viewUsage(measured, range, stepsOf(range, zone), null, null).expectedTotal;
}

describe('the data that a month is expected to come to', () => {
	it('goes on as the same weekdays did, like on the usage page', () => {
		// Half of today and five days more.
		expect(expected('', bytes('11', 1, 24), bytes('10', 1, 31))).toBe(2_400 + 550);
	});

	it('goes on at the rate so far where there is little history', () => {
		expect(expected('', bytes('11', 20, 24))).toBe(Math.round((500 / 24.5) * 30));
	});

	it('is said of the running month alone', () => {
		expect(expected('range=30d', bytes('11', 1, 24))).toBeNull();
		expect(expected('range=last-month', bytes('10', 1, 31))).toBeNull();
	});
});
