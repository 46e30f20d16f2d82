import { civilDate, daysAfter } from '#lib/format/dates.ts';

/** A time at which a product did not work as it should; half-open. */
export interface Trouble {
	state: 'degraded' | 'maintenance' | 'outage';
	from: Date;
	until: Date;
}

const severity = { degraded: 1, maintenance: 2, outage: 3 } as const;

/** The worst of each civil day, the last one last; null where nothing was the matter. */
export function worstByDay(
	troubles: readonly Trouble[],
	last: string,
	count: number,
	zone: string
): { day: string; worst: Trouble['state'] | null }[] {
	const found = new Map<string, Trouble['state']>();
	const first = daysAfter(last, 1 - count);
	for (const { state, from, until } of troubles) {
		// The end itself is not in it: over at midnight is over on the day before.
		const end = civilDate(new Date(until.getTime() - 1), zone);
		const begin = civilDate(from, zone);
		for (
			let day = begin < first ? first : begin;
			day <= end && day <= last;
			day = daysAfter(day, 1)
		) {
			const known = found.get(day);
			if (!known || severity[state] > severity[known]) found.set(day, state);
		}
	}
	return Array.from({ length: count }, (_, index) => {
		const day = daysAfter(first, index);
		return { day, worst: found.get(day) ?? null };
	});
}

/** The share of a span in which the product could be used: a degraded one could, and what overlaps counts once. */
export function shareUsable(troubles: readonly Trouble[], from: Date, to: Date): number {
	const spans = troubles
		.filter(({ state }) => state !== 'degraded')
		.map(({ from: begin, until }) => ({
			from: Math.max(begin.getTime(), from.getTime()),
			until: Math.min(until.getTime(), to.getTime())
		}))
		.filter((span) => span.until > span.from)
		.sort((one, other) => one.from - other.from);
	let lost = 0;
	let counted = from.getTime();
	for (const span of spans) {
		lost += Math.max(0, span.until - Math.max(span.from, counted));
		counted = Math.max(counted, span.until);
	}
	return 1 - lost / (to.getTime() - from.getTime());
}
