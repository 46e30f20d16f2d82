import { expect, test } from 'vitest';
import { moved, nearest, said, type Point } from './points.ts';

const points: Point[] = [0, 0.25, 0.5, 1].map((x) => ({ x, label: `${x}`, values: [] }));

test.each([
	[-1, 0],
	[0.12, 0],
	[0.13, 1],
	[0.7, 2],
	[0.8, 3],
	[9, 3]
])('the point nearest to %d is number %d', (x, index) => {
	expect(nearest(points, x)).toBe(index);
});

test('a chart without points has none near', () => {
	expect(nearest([], 0.5)).toBe(-1);
});

test.each([
	['ArrowRight', 0, 1],
	['ArrowRight', 9, 9],
	['ArrowLeft', 0, 0],
	['ArrowLeft', 5, 4],
	['PageUp', 5, 9],
	['PageDown', 5, 0],
	['Home', 5, 0],
	['End', 5, 9],
	['a', 5, undefined]
])('%s from %d leads to %d of ten', (key, at, to) => {
	expect(moved(key, at, 10)).toBe(to);
});

test('a point is said with every value', () => {
	const values = [
		{ name: 'ERP System', value: '68 MB' },
		{ name: 'SACCO', value: '32 MB' }
	];
	expect(said({ x: 0, label: 'Tue 17 Nov 2026', values })).toBe(
		'Tue 17 Nov 2026: ERP System 68 MB, SACCO 32 MB'
	);
});
