import { describe, expect, it } from 'vitest';
import { rowsOf, sentRows, stepsOf, toField } from './schedule-form.ts';

const sent = (fields: Record<string, string>) => sentRows((name) => fields[name] ?? '');

describe('the form of a schedule', () => {
	it('has a row for each step and some that are empty', () => {
		const rows = rowsOf({ steps: [{ slug: 'late', day: 3, action: 'remind' }] });
		expect(rows[0]).toEqual({ slug: 'late', action: 'remind', day: '3' });
		expect(rows.slice(1).every(({ action }) => action === '')).toBe(true);
		expect(rows).toHaveLength(4);
	});

	it('keeps the names of steps that move, names new ones, and drops emptied ones', () => {
		const { steps, places } = stepsOf(
			sent({
				'slug-0': 'late',
				'action-0': 'remind',
				'day-0': '5',
				'slug-1': 'gone',
				'action-1': '',
				'day-1': '9',
				'action-2': 'remind',
				'day-2': '-3',
				'action-3': 'remind',
				'day-3': '-3'
			})
		);
		expect(steps).toEqual([
			{ slug: 'late', action: 'remind', day: 5 },
			{ slug: 'remind_before_3', action: 'remind', day: -3 },
			{ slug: 'remind_before_3_2', action: 'remind', day: -3 }
		]);
		expect(places).toEqual([0, 2, 3]);
	});

	it.each(['', 'x', '1.5', '1e3', '99999'])('takes “%s” for no day', (day) => {
		const { steps } = stepsOf(sent({ 'action-0': 'end', 'day-0': day }));
		expect(steps[0]?.day).toBeNaN();
	});

	it('leads an issue to the field of its row', () => {
		expect(toField({ path: 'steps.1.day', message: 'x' }, [0, 4]).path).toBe('day-4');
		expect(toField({ path: 'steps.0.slug', message: 'x' }, [2]).path).toBe('action-2');
		expect(toField({ path: 'hour', message: 'x' }, [2]).path).toBe('hour');
	});
});
