import { line } from 'd3-shape';

/** The path of a small trend line that fills its box but for the width of its own stroke. */
export function trendLine(values: readonly number[], width: number, height: number): string {
	const lowest = Math.min(...values);
	const span = Math.max(...values) - lowest;
	const inset = 2;
	const draw = line<number>()
		.x((_, place) => (values.length < 2 ? width / 2 : (place / (values.length - 1)) * width))
		// What never changed is a line through the middle, not one along the floor.
		.y((value) =>
			span === 0 ? height / 2 : height - inset - ((value - lowest) / span) * (height - 2 * inset)
		)
		.digits(1);
	return values.length > 0 ? (draw(values) ?? '') : '';
}

export interface Bar {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** The bars of a small trend, from zero; a month with nothing keeps a sliver, so that it is seen to be there. */
export function trendBars(values: readonly number[], width: number, height: number): Bar[] {
	const largest = Math.max(1, ...values);
	const pitch = width / Math.max(1, values.length);
	const gap = Math.min(3, pitch / 4);
	return values.map((value, place) => {
		const tall = Math.max(1.5, (Math.max(0, value) / largest) * height);
		return {
			x: rounded(place * pitch + gap / 2),
			y: rounded(height - tall),
			width: rounded(pitch - gap),
			height: rounded(tall)
		};
	});
}

function rounded(value: number): number {
	return Math.round(value * 10) / 10;
}
