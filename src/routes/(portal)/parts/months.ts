import { scaleLinear } from 'd3-scale';

/*
 * The geometry of a chart of months: across in per cent of the plot's width, down in pixels, so that
 * it stretches and its text does not.
 */

export interface MonthBar {
	x: string;
	y: number;
	width: string;
	height: number;
	/** The middle, where the month's name stands. */
	middle: string;
}

export interface MonthChart {
	height: number;
	/** Where zero lies. */
	base: number;
	grid: { value: number; y: number }[];
	bars: MonthBar[];
}

const below = 26;
/** Room for the figure over the highest bar. */
const above = 24;
/** How much of its month a bar takes. */
const share = 0.68;

/** @param whole true for counts, so that the axis never shows half of one */
export function drawMonths(values: readonly number[], height: number, whole: boolean): MonthChart {
	const base = height - below;
	const largest = Math.max(0, ...values);
	const scale = scaleLinear()
		.domain([0, largest || 1])
		.nice(3)
		.range([base, above]);
	const ticks = largest > 0 ? scale.ticks(3) : [0];
	const pitch = 100 / Math.max(1, values.length);
	return {
		height,
		base,
		grid: ticks
			.filter((tick) => !whole || Number.isInteger(tick))
			.map((value) => ({ value, y: rounded(scale(value)) })),
		bars: values.map((value, place) => {
			const y = rounded(scale(Math.max(0, value)));
			return {
				x: `${rounded((place + (1 - share) / 2) * pitch)}%`,
				y,
				width: `${rounded(share * pitch)}%`,
				height: rounded(base - y),
				middle: `${rounded((place + 0.5) * pitch)}%`
			};
		})
	};
}

function rounded(value: number): number {
	return Math.round(value * 100) / 100;
}
