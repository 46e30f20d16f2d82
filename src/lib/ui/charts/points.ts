/** What a crosshair shows at one step of a chart. */
export interface ChartPoint {
	/** How far across the plot, from 0 to 1. */
	x: number;
	label: string;
	values: { name: string; value: string }[];
}

/**
 * Points as JSON that can stand inside a `<script type="application/json">`: nothing in it ends the
 * element or opens a comment, and no character is left for an HTML escape to change.
 */
export function pointsJson(points: readonly ChartPoint[]): string {
	return JSON.stringify(points).replace(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
	);
}
