import { civilDate } from '#lib/format/dates.ts';
import type { ActivityEntry } from './view.ts';

/** Entries under the civil dates on which they happened, in the order in which they come. */
export function groupByDay(
	entries: readonly ActivityEntry[],
	zone: string
): { day: string; entries: ActivityEntry[] }[] {
	const days: { day: string; entries: ActivityEntry[] }[] = [];
	for (const entry of entries) {
		const day = civilDate(entry.at, zone);
		const open = days.at(-1);
		if (open?.day === day) open.entries.push(entry);
		else days.push({ day, entries: [entry] });
	}
	return days;
}
