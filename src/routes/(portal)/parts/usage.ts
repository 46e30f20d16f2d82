import type { DateRange } from '#lib/format/ranges.ts';
import type { Steps } from './steps.ts';
import type { UsageView } from './view.ts';

/** What was measured in a range and in the one before; bytes. */
interface Measured {
	/** Null where nothing was measured. */
	total: number | null;
	/** At the same point of the range before. */
	previous: number | null;
	steps: ReadonlyMap<string, number>;
	previousSteps: ReadonlyMap<string, number>;
}

const dayMs = 24 * 3_600_000;

/** The usage of a range laid over its axis. `limit` is what the plans include in the running month. */
export function viewUsage(
	measured: Measured,
	range: DateRange,
	steps: Steps,
	limit: number | null,
	href: string | null
): UsageView {
	const { total, previous, previousSteps } = measured;
	const elapsed = range.end.getTime() - range.start.getTime();
	const ahead = steps.begun < steps.current.length;
	// At the rate of the time gone by; in the first hours of a period that says nothing yet.
	const whole = (elapsed / steps.begun) * steps.current.length;
	const enough = elapsed > dayMs;
	return {
		steps: steps.current,
		current: steps.current.slice(0, steps.begun).map((step) => measured.steps.get(step) ?? null),
		previous:
			previousSteps.size === 0 ? [] : steps.previous.map((step) => previousSteps.get(step) ?? null),
		total: total ?? 0,
		previousTotal: previous,
		expectedTotal: total !== null && ahead && enough ? Math.round((total * whole) / elapsed) : null,
		limit,
		href
	};
}
