import Big from 'big.js';
import type { Row } from './explore-rows.ts';
import type { Step } from './explore-steps.ts';
import type { Meter } from './meters.ts';

/** Figures are exact decimal text by the meter's aggregation; null where nothing was read. */
export interface Figures {
	total: string | null;
	/** In the span that it is compared with; null without one. */
	previous: string | null;
	/** One for each step. */
	points: (string | null)[];
	/** One for each earlier step; empty without comparison. */
	earlier: (string | null)[];
}

/** What was read of a span and of the one that it is compared with, of which figures are made. */
export interface Read {
	totals: readonly Row[];
	before: readonly Row[];
	courses: readonly Row[];
	earlier: readonly Row[];
}

type Find = (meterId: string, group: string | null) => Figures;

/** Puts together what was read, by meter and group. */
export function figuresOf(read: Read, steps: readonly Step[], earlierSteps: readonly Step[]): Find {
	const totals = new Map(read.totals.map((row) => [nameOf(row.meterId, row.group), row.value]));
	const before = new Map(read.before.map((row) => [nameOf(row.meterId, row.group), row.value]));
	const courses = byStep(read.courses);
	const earlier = byStep(read.earlier);
	return (meterId, group) => {
		const name = nameOf(meterId, group);
		const points = (steps: readonly Step[], rows: ReturnType<typeof byStep>) =>
			steps.map(({ start }) => rows.get(name)?.get(start.getTime()) ?? null);
		return {
			total: totals.get(name) ?? null,
			previous: before.get(name) ?? null,
			points: points(steps, courses),
			earlier: points(earlierSteps, earlier)
		};
	};
}

export function peakOf(
	steps: readonly Step[],
	points: readonly (string | null)[]
): { step: Step; value: string } | null {
	let peak: { step: Step; value: string } | null = null;
	for (const [place, value] of points.entries()) {
		const step = steps[place];
		if (step && value !== null && (peak === null || new Big(value).gt(peak.value)))
			peak = { step, value };
	}
	return peak;
}

/**
 * @param begun how many steps have begun; what adds up is nothing in those without a reading
 * @param level of a level over time, its own mean over the time in which it was known
 */
export function averageOf(
	meter: Meter,
	{ total, points }: Pick<Figures, 'total' | 'points'>,
	begun: number,
	level: Row['level']
): number | null {
	if (total === null) return null;
	if (level) return Number(level.average);
	if (addsUp(meter)) return begun === 0 ? null : Number(total) / begun;
	const read = points.flatMap((value) => (value === null ? [] : [Number(value)]));
	return read.reduce((sum, value) => sum + value, 0) / read.length;
}

export function addsUp({ aggregation }: Meter): boolean {
	return aggregation === 'count' || aggregation === 'sum';
}

function byStep(rows: readonly Row[]): Map<string, Map<number, string>> {
	const found = new Map<string, Map<number, string>>();
	for (const { meterId, group, start, value } of rows) {
		if (start === null || value === null) continue;
		const name = nameOf(meterId, group);
		const steps = found.get(name) ?? new Map<number, string>();
		found.set(name, steps.set(start.getTime(), value));
	}
	return found;
}

function nameOf(meterId: string, group: string | null): string {
	return group === null ? meterId : `${meterId} ${group}`;
}
