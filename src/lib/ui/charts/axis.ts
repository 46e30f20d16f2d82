import { formatDay, formatShortMonth } from '../../format/dates.ts';
import { across, percentAcross } from './lines.ts';

/** A step of the axis: a civil date, `2026-11-14`, or one of its hours, `2026-11-14T09:00`. */
export type Step = string;

export interface Tick {
	x: string;
	label: string;
	anchor: 'start' | 'middle' | 'end';
	/** Left out where the chart is narrow. */
	minor: boolean;
}

/** Steps between two ticks: as many as leave at most seven ticks between the first and the last. */
const dayStrides = [1, 2, 5, 7, 14];
const hourStrides = [1, 3, 6, 12];
const mostTicks = 7;
/** Beyond as many days the ticks are months. */
const longestByDays = 14 * mostTicks + 1;

/**
 * The ticks under a chart of days or hours: the first and the last step always, between them round
 * places: multiples of five in a month, whole weeks in a quarter, firsts of months in a year. The
 * name of the month is said once, where it begins.
 */
export function ticksOf(steps: readonly Step[]): Tick[] {
	const last = steps.length - 1;
	if (last < 0) return [];
	const between = placesBetween(steps).map((step, place) => ({ step, minor: place % 2 === 0 }));
	const chosen = [{ step: 0, minor: false }, ...between];
	if (last > 0) chosen.push({ step: last, minor: false });
	return chosen.map(({ step, minor }, place) => ({
		x: percentAcross(across(step, steps.length)),
		label: labelOf(steps, step, chosen[place - 1]?.step),
		anchor: last === 0 ? 'middle' : step === 0 ? 'start' : step === last ? 'end' : 'middle',
		minor
	}));
}

function placesBetween(steps: readonly Step[]): number[] {
	const last = steps.length - 1;
	const strides = isHour(steps[0]) ? hourStrides : dayStrides;
	const stride = strides.find((candidate) => last / candidate <= mostTicks);
	const places = stride === undefined ? firstsOfMonths(steps) : everyNth(steps, stride);
	const apart = stride ?? last / mostTicks;
	return places.filter((step) => step >= apart * 0.6 && last - step >= apart * 0.6);
}

/** Every so many steps; in a month that begins on its first, on the dates that people count in. */
function everyNth(steps: readonly Step[], stride: number): number[] {
	const shift = steps[0]?.endsWith('-01') && stride > 1 ? 1 : 0;
	return steps.map((_, step) => step).filter((step) => (step + shift) % stride === 0);
}

function firstsOfMonths(steps: readonly Step[]): number[] {
	const firsts = steps.flatMap((day, step) => (day.endsWith('-01') ? [step] : []));
	const every = Math.ceil(firsts.length / mostTicks);
	return firsts.filter((_, place) => place % every === 0);
}

function labelOf(steps: readonly Step[], step: number, before: number | undefined): string {
	const here = steps[step] ?? '';
	if (isHour(here)) return here.slice(11);
	if (step === 0 || step === steps.length - 1) return formatDay(here);
	if (steps.length > longestByDays) return formatShortMonth(here);
	const sameMonth = before !== undefined && steps[before]?.slice(0, 7) === here.slice(0, 7);
	return sameMonth ? String(Number(here.slice(8))) : formatDay(here);
}

function isHour(step: Step | undefined): boolean {
	return step?.includes('T') ?? false;
}
