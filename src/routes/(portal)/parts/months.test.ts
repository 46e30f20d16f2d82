import { describe, expect, it } from 'vitest';
import { drawMonths } from './months.ts';

describe('a chart of months', () => {
	it('stands every bar on the base, as high as its figure', () => {
		const { bars, base } = drawMonths([10, 20, 0], 212, true);
		for (const bar of bars) expect(bar.y + bar.height).toBeCloseTo(base);
		const [ten, twenty, none] = bars.map(({ height }) => height);
		expect(twenty).toBeCloseTo(2 * (ten ?? 0), 1);
		expect(none).toBe(0);
	});

	it('gives months the same width, side by side within the plot', () => {
		const { bars } = drawMonths([1, 2, 3, 4], 212, true);
		expect(bars.map(({ middle }) => middle)).toEqual(['12.5%', '37.5%', '62.5%', '87.5%']);
		expect(new Set(bars.map(({ width }) => width)).size).toBe(1);
	});

	it('counts in whole numbers, and measures money in parts', () => {
		expect(drawMonths([1], 212, true).grid.map(({ value }) => value)).toEqual([0, 1]);
		expect(drawMonths([1], 212, false).grid.length).toBeGreaterThan(2);
	});

	it('makes up no axis where there is nothing', () => {
		expect(drawMonths([0, 0], 212, true).grid).toEqual([{ value: 0, y: 186 }]);
	});
});
