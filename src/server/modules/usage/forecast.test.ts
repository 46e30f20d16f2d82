import { describe, expect, it } from 'vitest';
import { forecastPeriod, type Course } from './forecast.ts';

/** 25 November 2026 is a Wednesday; five days of the month lie ahead: Thursday to Monday. */
const noon = { today: '2026-11-25', gone: 0.5 };

function history(first: number, value: (weekday: number) => number): Map<string, number> {
	const days = new Map<string, number>();
	for (let back = first; back >= 1; back -= 1) {
		const day = new Date(Date.UTC(2026, 10, 25 - back));
		const amount = value(day.getUTCDay() || 7);
		if (amount > 0) days.set(day.toISOString().slice(0, 10), amount);
	}
	return days;
}

const course = (more: Partial<Course>): Course => ({
	aggregation: 'sum',
	total: 1_000,
	first: '2026-11-01',
	last: '2026-11-30',
	...noon,
	days: new Map(),
	...more
});

describe('what a month is expected to come to', () => {
	it('adds the weekdays that lie ahead, as they were in the last four weeks', () => {
		const days = history(28, (weekday) => (weekday <= 5 ? 100 : 10));
		// Half of Wednesday, Thursday and Friday, Saturday and Sunday, Monday.
		expect(forecastPeriod(course({ days }))).toEqual({
			value: 1_000 + 50 + 200 + 20 + 100,
			method: 'weekdays',
			day: '2026-11-30'
		});
	});

	it('counts a day without readings as nothing', () => {
		const days = history(28, () => 100);
		days.delete('2026-11-19');
		expect(forecastPeriod(course({ days }))?.value).toBe(1_000 + 50 + 75 + 4 * 100);
	});

	it('does not take the days before measuring began for empty ones', () => {
		expect(forecastPeriod(course({ days: history(14, () => 100) }))?.value).toBe(1_550);
	});

	it('goes on at the rate so far while there is too little history', () => {
		expect(forecastPeriod(course({ total: 245, days: history(13, () => 10) }))).toEqual({
			value: 300,
			method: 'rate',
			day: '2026-11-30'
		});
	});

	it('says nothing on the first day of a month without history', () => {
		expect(forecastPeriod(course({ today: '2026-11-01', gone: 0.9 }))).toBeNull();
	});

	it.each(['latest', 'max'] as const)('leaves a figure of kind %s as it is', (aggregation) => {
		expect(forecastPeriod(course({ aggregation }))).toEqual({
			value: 1_000,
			method: 'stays',
			day: '2026-11-30'
		});
	});

	it('goes to the end of a period that is no month', () => {
		const period = { first: '2026-11-20', last: '2026-12-02' };
		const days = history(28, (weekday) => (weekday <= 5 ? 100 : 10));
		// Tuesday and Wednesday of the next week besides.
		expect(forecastPeriod(course({ ...period, days }))).toMatchObject({
			value: 1_000 + 50 + 200 + 20 + 300,
			day: '2026-12-02'
		});
		// Thirteen days, of which five and a half have gone by.
		expect(forecastPeriod(course({ ...period, total: 55 }))).toMatchObject({
			value: 130,
			method: 'rate'
		});
	});

	it('says nothing of different values', () => {
		expect(
			forecastPeriod(course({ aggregation: 'unique', days: history(28, () => 1) }))
		).toBeNull();
	});
});
