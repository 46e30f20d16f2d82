import { describe, expect, it } from 'vitest';
import { daysAfter } from '../../format/dates.ts';
import { ticksOf } from './axis.ts';

function days(from: string, count: number): string[] {
	return Array.from({ length: count }, (_, day) => daysAfter(from, day));
}

function labels(steps: string[]): string[] {
	return ticksOf(steps).map(({ label }) => label);
}

describe('ticks under a chart', () => {
	it.each([
		['a week', days('2026-11-19', 7), ['19 Nov', '20', '21', '22', '23', '24', '25 Nov']],
		['a month', days('2026-11-01', 30), ['1 Nov', '5', '10', '15', '20', '25', '30 Nov']],
		['February', days('2026-02-01', 28), ['1 Feb', '5', '10', '15', '20', '25', '28 Feb']],
		['a month of 31', days('2026-10-01', 31), ['1 Oct', '5', '10', '15', '20', '25', '31 Oct']],
		[
			'days over a month end',
			days('2026-10-27', 30),
			['27 Oct', '1 Nov', '6', '11', '16', '21', '25 Nov']
		],
		[
			'a quarter',
			days('2026-08-28', 90),
			['28 Aug', '11 Sep', '25', '9 Oct', '23', '6 Nov', '25 Nov']
		],
		['one day', days('2026-11-25', 1), ['25 Nov']],
		['no day', [], []]
	])('of %s stand on round dates', (_, steps, expected) => {
		expect(labels(steps)).toEqual(expected);
	});

	it('of a year are months', () => {
		const year = labels(days('2025-11-26', 365));
		expect(year[0]).toBe('26 Nov');
		expect(year.at(-1)).toBe('25 Nov');
		expect(year.slice(1, -1).every((label) => /^[A-Z][a-z]{2}$/.test(label))).toBe(true);
		expect(year.length).toBeLessThanOrEqual(9);
	});

	it('of a day are hours', () => {
		const hours = Array.from(
			{ length: 24 },
			(_, hour) => `2026-11-25T${String(hour).padStart(2, '0')}:00`
		);
		expect(labels(hours)).toEqual(['00:00', '06:00', '12:00', '18:00', '23:00']);
	});

	it('keep the first and the last where the chart is narrow', () => {
		const ticks = ticksOf(days('2026-11-01', 30));
		expect(ticks.filter(({ minor }) => !minor).map(({ label }) => label)).toEqual([
			'1 Nov',
			'10',
			'20',
			'30 Nov'
		]);
		expect(ticks.at(0)?.anchor).toBe('start');
		expect(ticks.at(-1)).toMatchObject({ x: '100%', anchor: 'end' });
	});
});
