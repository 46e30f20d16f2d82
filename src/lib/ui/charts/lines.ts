import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';

/*
 * The geometry of a line chart: across in thousandths of the plot's width (the plot is an svg that
 * stretches), down in pixels (its height is fixed). Text and dots stand outside the stretched svg
 * and take the same place as a percentage.
 */

/** What a step holds; null where there is no reading, which is drawn as a gap. */
export type Reading = number | null;

export interface LinesInput {
	/** How many steps the axis across has, readings still to come included. */
	steps: number;
	/** May end before the axis does. */
	current: readonly Reading[];
	/** The period before, laid over the same steps; empty without earlier data. */
	earlier?: readonly Reading[];
	/** Where the last step is expected to end, if that is still ahead. */
	expected?: number | null;
	limit?: number | null;
	/** True where the figures are counts, so that the axis never shows half a person. */
	whole?: boolean;
	height?: number;
}

export interface Lines {
	height: number;
	/** Where zero lies. */
	base: number;
	grid: { value: number; y: number }[];
	line: string;
	area: string;
	earlier: string;
	expected: string;
	limitY: number | null;
	/** The last reading, which carries its figure. */
	last: { x: string; y: number; value: number; anchor: 'start' | 'middle' | 'end' } | null;
}

const plotWidth = 1000;
/** Room under the base for the axis across, and over the top line for the last reading's figure. */
const below = 26;
const above = 20;

/** Steps as a running total: 1, 2, gap, 4 → 1, 3, gap, 7. */
export function runningTotal(readings: readonly Reading[]): Reading[] {
	let total = 0;
	return readings.map((reading) => {
		if (reading === null) return null;
		total += reading;
		return total;
	});
}

/** The stretches without a reading between the first and the last, as first and last step. */
export function gapsOf(readings: readonly Reading[]): { from: number; to: number }[] {
	const gaps: { from: number; to: number }[] = [];
	readings.forEach((reading, step) => {
		if (reading !== null) return;
		const open = gaps.at(-1);
		if (open?.to === step - 1) open.to = step;
		else gaps.push({ from: step, to: step });
	});
	return gaps;
}

/** How far across a step lies, from 0 to 1; a lone step lies in the middle. */
export function across(step: number, steps: number): number {
	return steps < 2 ? 0.5 : step / (steps - 1);
}

/** A place across as svg writes it outside the stretched plot. */
export function percentAcross(share: number): string {
	return `${rounded(share * 100)}%`;
}

function rounded(value: number): number {
	return Math.round(value * 100) / 100;
}

export function drawLines(input: LinesInput): Lines {
	const { steps, current, expected = null, limit = null } = input;
	const earlier = input.earlier?.slice(0, steps) ?? [];
	const height = input.height ?? 212;
	const base = height - below;

	const largest = Math.max(
		0,
		expected ?? 0,
		limit ?? 0,
		...valuesOf(current),
		...valuesOf(earlier)
	);
	const scale = scaleLinear()
		.domain([0, largest || 1])
		.nice(3)
		.range([base, above]);
	// Where there is nothing to measure by, numbers up the axis would be made up.
	const ticks = largest > 0 ? scale.ticks(3) : [0];

	const points = current.map((value, step) => ({ step, value }));
	const path = line<{ step: number; value: Reading }>()
		.defined((point) => point.value !== null)
		.x((point) => across(point.step, steps) * plotWidth)
		.y((point) => scale(point.value ?? 0))
		.digits(1);
	const ground = area<{ step: number; value: Reading }>()
		.defined((point) => point.value !== null)
		.x((point) => across(point.step, steps) * plotWidth)
		.y0(base)
		.y1((point) => scale(point.value ?? 0))
		.digits(1);

	const lastPoint = points.findLast((point) => point.value !== null);
	const last =
		lastPoint && lastPoint.value !== null ? { step: lastPoint.step, value: lastPoint.value } : null;
	const ahead =
		last && expected !== null && last.step < steps - 1
			? [last, { step: steps - 1, value: expected }]
			: [];

	return {
		height,
		base,
		grid: ticks
			.filter((tick) => !input.whole || Number.isInteger(tick))
			.map((value) => ({ value, y: rounded(scale(value)) })),
		line: path(points) ?? '',
		area: ground(points) ?? '',
		earlier: path(earlier.map((value, step) => ({ step, value }))) ?? '',
		expected: path(ahead) ?? '',
		limitY: limit === null ? null : rounded(scale(limit)),
		last: last && lastMark(last, steps, scale(last.value))
	};
}

function valuesOf(readings: readonly Reading[]): number[] {
	return readings.filter((reading) => reading !== null);
}

/** Near an edge the figure leans inwards, so that it is not cut off. */
function lastMark(
	last: { step: number; value: number },
	steps: number,
	y: number
): NonNullable<Lines['last']> {
	const share = across(last.step, steps);
	const anchor = share > 0.92 ? 'end' : share < 0.08 ? 'start' : 'middle';
	return { x: percentAcross(share), y: rounded(y), value: last.value, anchor };
}
