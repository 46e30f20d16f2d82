import { describe, expect, it } from 'vitest';
import { nextTry, pauses } from './schedule.ts';

const now = new Date('2026-11-25T09:00:00Z');
const after = (failures: number, retryAfter: string | null = null, chance = 0) => {
	const next = nextTry(failures, now, { retryAfter, chance });
	return next && (next.getTime() - now.getTime()) / 1000;
};

describe('the next try', () => {
	it('follows later and later, and the last one more than three days after the first', () => {
		const waits = Array.from({ length: 10 }, (_, index) => after(index + 1));
		expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null]);
		expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(3 * 86_400_000);
	});

	it('is put off by a little chance and never hurried', () => {
		expect(after(2, null, 0.5)).toBe(315);
		const waits = Array.from({ length: 200 }, () => {
			const next = nextTry(2, now);
			return ((next?.getTime() ?? 0) - now.getTime()) / 1000;
		});
		expect(Math.min(...waits)).toBeGreaterThanOrEqual(300);
		expect(Math.max(...waits)).toBeLessThanOrEqual(330);
		expect(new Set(waits).size).toBeGreaterThan(100);
	});

	it.each([
		['120', 120],
		['3', 5],
		['0', 5],
		['86400', 300],
		['Wed, 25 Nov 2026 09:01:00 GMT', 60],
		['Wed, 25 Nov 2026 08:00:00 GMT', 5],
		['soon', 5],
		['-120', 5],
		['', 5],
		['99999999999999999999', 5]
	])('after the first, asked to come back after “%s”, is %d seconds later', (asked, seconds) => {
		expect(after(1, asked)).toBe(seconds);
	});

	it('is put off by a day at most, and by nothing after the last', () => {
		expect(after(9, '999999')).toBe(86_400);
		expect(after(10, '60')).toBeNull();
	});
});
