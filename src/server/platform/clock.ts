export interface Clock {
	now(): Date;
}

/** The one place that reads the machine's clock for domain code. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is moved: for tests. */
export function fixedClock(start: Date): Clock & { set(to: Date): void } {
	let current = start;
	return {
		now: () => new Date(current),
		set(to) {
			current = to;
		}
	};
}
