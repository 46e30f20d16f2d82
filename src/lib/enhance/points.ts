/** One place across a chart that can be pointed at. */
export interface Point {
	/** Across the plot: 0 at its start, 1 at its end. */
	x: number;
	label: string;
	values: { name: string; value: string }[];
}

/** The index of the point nearest to a place across the plot; -1 without points. */
export function nearest(points: Point[], x: number): number {
	let best = -1;
	let least = Infinity;
	for (const [i, point] of points.entries()) {
		const distance = Math.abs(point.x - x);
		if (distance < least) {
			best = i;
			least = distance;
		}
	}
	return best;
}

/** The index that a key leads to from another, or undefined where the key is not for charts. */
export function moved(key: string, at: number, count: number): number | undefined {
	const last = count - 1;
	switch (key) {
		case 'ArrowRight':
		case 'ArrowUp':
			return Math.min(at + 1, last);
		case 'ArrowLeft':
		case 'ArrowDown':
			return Math.max(at - 1, 0);
		case 'PageUp':
			return Math.min(at + 7, last);
		case 'PageDown':
			return Math.max(at - 7, 0);
		case 'Home':
			return 0;
		case 'End':
			return last;
		default:
			return undefined;
	}
}

/** A point in one sentence, for ears. */
export function said({ label, values }: Point): string {
	return `${label}: ${values.map(({ name, value }) => `${name} ${value}`).join(', ')}`;
}
