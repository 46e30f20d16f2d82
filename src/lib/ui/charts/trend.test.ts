import { describe, expect, it } from 'vitest';
import { trendBars, trendLine } from './trend.ts';

describe('a small trend', () => {
	it('runs from edge to edge, the lowest at the bottom and the highest at the top', () => {
		expect(trendLine([10, 20, 30], 50, 20)).toBe('M0,18L25,10L50,2');
	});

	it('that never changed runs through the middle', () => {
		expect(trendLine([5, 5], 50, 20)).toBe('M0,10L50,10');
	});

	it('of nothing is nothing', () => {
		expect(trendLine([], 50, 20)).toBe('');
		expect(trendBars([], 50, 20)).toEqual([]);
	});

	it('as bars stands on zero and fills the height with its largest', () => {
		const bars = trendBars([9, 18], 40, 44);
		expect(bars.map(({ height, y }) => [height, y])).toEqual([
			[22, 22],
			[44, 0]
		]);
	});

	it('shows a month with nothing as a sliver', () => {
		expect(trendBars([0, 4], 40, 44)[0]).toMatchObject({ y: 42.5, height: 1.5 });
	});

	it('keeps its bars apart and inside the width', () => {
		const bars = trendBars([1, 2, 3, 4, 5, 6, 7, 8], 144, 44);
		bars.slice(1).forEach((bar, place) => {
			const before = bars[place];
			expect(bar.x).toBeGreaterThan((before?.x ?? 0) + (before?.width ?? 0));
		});
		const last = bars.at(-1);
		expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(144);
	});
});
