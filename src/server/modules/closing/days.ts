import type { Reached } from '../billing/index.ts';
import { civilDate } from '../rating/index.ts';

const hour = 3_600_000;

/** Which day it is in a zone, and the first day of which usage may still come that belongs to it. */
export function dayIn(zone: string, now: Date, graceHours: number): Reached {
	return {
		today: civilDate(now, zone),
		counted: civilDate(new Date(now.getTime() - graceHours * hour), zone)
	};
}

/** The furthest day of several zones: whatever is due in one of them is due by it. */
export function furthestDay(zones: readonly string[], now: Date, graceHours: number): Reached {
	return pick(zones, now, graceHours, -1);
}

/** The day that has come in all of several zones: whatever is due by it is due everywhere. */
export function commonDay(zones: readonly string[], now: Date, graceHours: number): Reached {
	return pick(zones, now, graceHours, 0);
}

function pick(zones: readonly string[], now: Date, graceHours: number, place: 0 | -1): Reached {
	const days = (zones.length > 0 ? zones : ['UTC']).map((zone) => dayIn(zone, now, graceHours));
	const of = (day: (reached: Reached) => string): string => days.map(day).sort().at(place) ?? '';
	return { today: of(({ today }) => today), counted: of(({ counted }) => counted) };
}
