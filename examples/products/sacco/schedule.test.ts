import { describe, expect, it } from 'vitest';
import { scheduleOf, statesOf } from './schedule.ts';

describe('a schedule on the reducing balance', () => {
	it('of 10,000 over three months at one in a hundred is as reckoned by hand', () => {
		// 10,000 × 0.01 ÷ (1 − 1.01⁻³) = 3,400.22: 3,400 a month, the last takes the rest.
		expect(scheduleOf(10_000, 3, '2026-01-31')).toEqual([
			{ number: 1, dueOn: '2026-02-28', interest: 100, principal: 3_300, balance: 6_700 },
			{ number: 2, dueOn: '2026-03-31', interest: 67, principal: 3_333, balance: 3_367 },
			{ number: 3, dueOn: '2026-04-30', interest: 34, principal: 3_367, balance: 0 }
		]);
	});

	it.each([
		[5_000, 1],
		[77_000, 12],
		[1_000_000, 36]
	])('of %i over %i months repays exactly what was lent', (amount, months) => {
		const schedule = scheduleOf(amount, months, '2026-11-22');
		expect(schedule).toHaveLength(months);
		expect(schedule.reduce((sum, { principal }) => sum + principal, 0)).toBe(amount);
		expect(schedule.at(-1)?.balance).toBe(0);
		expect(schedule.every(({ principal, interest }) => principal > 0 && interest > 0)).toBe(true);
	});

	it('takes repayments in order, and says what is overdue', () => {
		const schedule = scheduleOf(10_000, 3, '2026-01-31');
		expect(statesOf(schedule, 3_400 + 500, '2026-03-01')).toEqual(['paid', 'part paid', 'due']);
		expect(statesOf(schedule, 3_399, '2026-04-01')).toEqual(['overdue', 'overdue', 'due']);
		expect(statesOf(schedule, 10_201, '2026-12-01')).toEqual(['paid', 'paid', 'paid']);
	});
});
