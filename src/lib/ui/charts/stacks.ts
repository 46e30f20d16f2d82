import { scaleLinear } from 'd3-scale';
import type { Reading } from './lines.ts';

/*
 * The geometry of stacked bars: across in per cent of the plot's width, down in pixels, so that the
 * chart stretches and its text does not.
 */

export interface StacksInput {
	/** How many steps the axis across has. */
	steps: number;
	/** From the bottom up; may end before the axis does. */
	series: readonly (readonly Reading[])[];
	/** The totals of the period before, laid over the same steps; empty without earlier data. */
	earlier?: readonly Reading[];
	/** True where the figures are counts, so that the axis never shows half of one. */
	whole?: boolean;
	height?: number;
}

export interface Stack {
	x: string;
	width: string;
	/** The middle, from 0 to 1. */
	middle: number;
	parts: { series: number; y: number; height: number }[];
	/** Where the total of the period before lies; null without one. */
	earlierY: number | null;
	/** Nothing was read, though the step has begun. */
	gap: boolean;
}

export interface Stacks {
	height: number;
	/** Where zero lies, and where the plot ends. */
	base: number;
	top: number;
	grid: { value: number; y: number }[];
	stacks: Stack[];
	/** Which steps are named under the axis. */
	ticks: { place: number; x: string; anchor: 'start' | 'middle' | 'end'; minor: boolean }[];
}

const below = 26;
const top = 12;
/** How much of its step a bar takes. */
const share = 0.68;
const mostTicks = 8;

export function drawStacks({
	steps,
	series,
	earlier = [],
	whole = false,
	height = 240
}: StacksInput): Stacks {
	const base = height - below;
	const totals = Array.from({ length: steps }, (_, place) => totalAt(series, place));
	const largest = Math.max(
		0,
		...totals.map((total) => total ?? 0),
		...earlier.slice(0, steps).map((value) => value ?? 0)
	);
	const scale = scaleLinear()
		.domain([0, largest || 1])
		.nice(3)
		.range([base, top]);
	const pitch = 100 / Math.max(1, steps);
	const begun = Math.max(0, ...series.map(({ length }) => length));
	return {
		height,
		base,
		top,
		// Where there is nothing to measure by, numbers up the axis would be made up.
		grid: (largest > 0 ? scale.ticks(3) : [0])
			.filter((tick) => !whole || Number.isInteger(tick))
			.map((value) => ({ value, y: rounded(scale(value)) })),
		stacks: totals.map((total, place) => {
			let under = 0;
			const before = earlier[place] ?? null;
			return {
				x: `${rounded((place + (1 - share) / 2) * pitch)}%`,
				width: `${rounded(share * pitch)}%`,
				middle: (place + 0.5) / Math.max(1, steps),
				parts: series.flatMap((readings, which) => {
					const value = Math.max(0, readings[place] ?? 0);
					if (value === 0) return [];
					const floor = scale(under);
					under += value;
					const y = rounded(scale(under));
					return [{ series: which, y, height: rounded(floor - scale(under)) }];
				}),
				earlierY: before === null ? null : rounded(scale(Math.max(0, before))),
				gap: total === null && place < begun
			};
		}),
		ticks: ticksAt(steps, pitch)
	};
}

/** Null where no series has a reading. */
export function totalAt(series: readonly (readonly Reading[])[], place: number): Reading {
	let total: Reading = null;
	for (const readings of series) {
		const value = readings[place] ?? null;
		if (value !== null) total = (total ?? 0) + value;
	}
	return total;
}

function ticksAt(steps: number, pitch: number): Stacks['ticks'] {
	const every = Math.max(1, Math.ceil(steps / mostTicks));
	const places = Array.from({ length: Math.ceil(steps / every) }, (_, tick) => tick * every);
	return places.map((place, tick) => {
		const first = place === 0 && steps > 3;
		const last = place === steps - 1 && steps > 3;
		return {
			place,
			x: `${rounded((place + (first ? 0.16 : last ? 0.84 : 0.5)) * pitch)}%`,
			anchor: first ? 'start' : last ? 'end' : 'middle',
			minor: tick % 2 === 1
		};
	});
}

function rounded(value: number): number {
	return Math.round(value * 100) / 100;
}
