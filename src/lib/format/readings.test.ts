import { expect, it } from 'vitest';
import { formatReading, levelUnit, type ReadingUnit } from './readings.ts';

it.each<[value: number, unit: ReadingUnit, written: string]>([
	[412_000_000, 'bytes', '412 MB'],
	[412_000_000, 'bytes-hours', '412 MB h'],
	[978, 'count-hours', '978 unit hours'],
	[1_204, 'people-hours', '1,204 person hours'],
	[3.5, 'hours', '3.5 hours']
])('%s %s is %s', (value, unit, written) => {
	expect(formatReading(value, unit, 'KES')).toBe(written);
});

it('the level of unit hours is in units', () => {
	expect(levelUnit('bytes-hours')).toBe('bytes');
	expect(levelUnit('hours')).toBe('hours');
	expect(levelUnit('hours-hours')).toBe('hours');
});
