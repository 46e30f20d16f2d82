import { describe, expect, it } from 'vitest';
import { drawStacks, totalAt } from './stacks.ts';

describe('stacked bars', () => {
	it('stand on each other, from the bottom up', () => {
		const { stacks, base } = drawStacks({ steps: 1, series: [[60], [40]] });
		const [one, other] = stacks[0]?.parts ?? [];
		expect(one && one.y + one.height).toBeCloseTo(base);
		expect(other && other.y + other.height).toBeCloseTo(one?.y ?? 0);
		expect((one?.height ?? 0) / (other?.height ?? 1)).toBeCloseTo(1.5, 1);
	});

	it('leave out what is nothing, and tell a gap from a zero and from what is ahead', () => {
		const { stacks } = drawStacks({
			steps: 4,
			series: [
				[5, 0, null],
				[null, 0, null]
			]
		});
		expect(stacks.map(({ parts }) => parts.length)).toEqual([1, 0, 0, 0]);
		expect(stacks.map(({ gap }) => gap)).toEqual([false, false, true, false]);
	});

	it('make room for the period before where that was more', () => {
		const { grid, stacks } = drawStacks({ steps: 1, series: [[10]], earlier: [100] });
		expect(grid.at(-1)?.value).toBe(100);
		expect(stacks[0]?.earlierY).toBeLessThan(stacks[0]?.parts[0]?.y ?? 0);
	});

	it('keep to whole numbers for counts, and to zero where there is nothing', () => {
		expect(
			drawStacks({ steps: 2, series: [[1, 2]], whole: true }).grid.map(({ value }) => value)
		).toEqual([0, 1, 2]);
		expect(drawStacks({ steps: 2, series: [[null, null]] }).grid.map(({ value }) => value)).toEqual(
			[0]
		);
	});

	it.each([1, 7, 24, 31, 366])('name at most eight of %i steps, the first always', (steps) => {
		const { ticks } = drawStacks({ steps, series: [] });
		expect(ticks.length).toBeLessThanOrEqual(8);
		expect(ticks[0]?.place).toBe(0);
	});

	it('add up what was read', () => {
		expect(totalAt([[1], [2], [null]], 0)).toBe(3);
		expect(totalAt([[null], []], 0)).toBeNull();
	});
});
