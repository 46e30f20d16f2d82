import { describe, expect, it } from 'vitest';
import { across, drawLines, gapsOf, percentAcross, runningTotal } from './lines.ts';

/** The points that a path goes through, each stretch by itself. */
function stretches(path: string): [number, number][][] {
	return path
		.split('M')
		.filter(Boolean)
		.map((stretch) =>
			stretch
				.replace('Z', '')
				.split('L')
				.map((point) => point.split(',').map(Number) as [number, number])
		);
}

describe('readings', () => {
	it('add up over a gap without filling it', () => {
		expect(runningTotal([1, 2, null, 4, 0])).toEqual([1, 3, null, 7, 7]);
	});

	it.each([
		[[1, 2, 3], []],
		[[1, null, 3], [{ from: 1, to: 1 }]],
		[
			[null, null, 3, null],
			[
				{ from: 0, to: 1 },
				{ from: 3, to: 3 }
			]
		]
	])('%o have the gaps %o', (readings, gaps) => {
		expect(gapsOf(readings)).toEqual(gaps);
	});
});

describe('the place of a step', () => {
	it.each([
		[0, 30, 0],
		[29, 30, 1],
		[0, 1, 0.5]
	])('%d of %d lies at %d of the width', (step, steps, share) => {
		expect(across(step, steps)).toBe(share);
	});

	it('is written with two digits behind the point', () => {
		expect(percentAcross(24 / 29)).toBe('82.76%');
	});
});

describe('a line chart', () => {
	const chart = drawLines({
		steps: 5,
		current: [0, 1_000, null, 2_000],
		earlier: [500, 1_000, 1_500, 2_000, 2_500, 9_999],
		expected: 2_500,
		limit: 3_000
	});

	it('leaves a gap between the stretches of its line', () => {
		const line = stretches(chart.line);
		expect(line).toHaveLength(2);
		expect(line.map((stretch) => stretch.map(([x]) => x))).toEqual([[0, 250], [750]]);
	});

	it('goes from the base at zero up to round numbers', () => {
		expect(chart.grid.map(({ value }) => value)).toEqual([0, 1_000, 2_000, 3_000]);
		expect(chart.grid[0]?.y).toBe(chart.base);
		const heights = chart.grid.map(({ y }) => y);
		expect(heights.toSorted((one, other) => other - one)).toEqual(heights);
	});

	it('marks the limit at its own height', () => {
		expect(chart.limitY).toBe(chart.grid.at(-1)?.y);
	});

	it('marks the last reading where its line ends', () => {
		const end = stretches(chart.line).at(-1)?.at(-1);
		expect(chart.last).toMatchObject({ x: '75%', value: 2_000, anchor: 'middle' });
		expect(chart.last?.y).toBeCloseTo(end?.[1] ?? 0, 0);
	});

	it('expects on from the last reading to the last step', () => {
		const [expected] = stretches(chart.expected);
		expect(expected?.map(([x]) => x)).toEqual([750, 1000]);
	});

	it('drops what the earlier period has beyond the axis', () => {
		expect(stretches(chart.earlier)[0]).toHaveLength(5);
	});

	it('expects nothing once the last step is read', () => {
		expect(drawLines({ steps: 2, current: [1, 2], expected: 3 }).expected).toBe('');
	});

	it('leans the figure of the last reading inwards at the edges', () => {
		expect(drawLines({ steps: 3, current: [1, 2, 3] }).last?.anchor).toBe('end');
		expect(drawLines({ steps: 30, current: [1] }).last?.anchor).toBe('start');
	});

	it('counts people in whole numbers', () => {
		const grid = drawLines({ steps: 2, current: [0, 1], whole: true }).grid;
		expect(grid.map(({ value }) => value)).toEqual([0, 1]);
	});

	it('has a base and no made-up figures without any reading', () => {
		const empty = drawLines({ steps: 3, current: [null, null, null] });
		expect([empty.line, empty.area, empty.earlier, empty.last]).toEqual(['', '', '', null]);
		expect(empty.grid).toEqual([{ value: 0, y: empty.base }]);
	});

	it('runs along its base while nothing is used', () => {
		const still = drawLines({ steps: 2, current: [0, 0] });
		expect(still.last?.y).toBe(still.base);
		expect(still.grid).toHaveLength(1);
	});

	it('stays within its height when usage passes the limit', () => {
		const over = drawLines({ steps: 2, current: [1_000, 7_300], limit: 3_000 });
		expect(over.last?.y).toBeGreaterThanOrEqual(20);
		expect(over.limitY).toBeGreaterThan(over.last?.y ?? 0);
	});
});
