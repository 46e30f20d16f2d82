import { Temporal } from 'temporal-polyfill';
import type { DateRange } from '#lib/format/ranges.ts';
import { forecastPeriod } from '#server/modules/usage/index.ts';
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
/** As many days before today as the usage page looks at. */
const historyDays = 28;

/** The usage of a range laid over its axis. `limit` is what the plans include in the running month. */
export function viewUsage(
	measured: Measured,
	range: DateRange,
	steps: Steps,
	limit: number | null,
	href: string | null
): UsageView {
	const { total, previous, previousSteps } = measured;
	return {
		steps: steps.current,
		current: steps.current.slice(0, steps.begun).map((step) => measured.steps.get(step) ?? null),
		previous:
			previousSteps.size === 0 ? [] : steps.previous.map((step) => previousSteps.get(step) ?? null),
		total: total ?? 0,
		previousTotal: previous,
		expectedTotal: total === null ? null : expected(total, measured, range, steps),
		limit,
		href
	};
}

/** What the running month comes to, as the usage page reckons it; null where nothing lies ahead. */
function expected(
	total: number,
	measured: Measured,
	range: DateRange,
	{ current, begun, bucket }: Steps
): number | null {
	const [first, last, today] = [current[0], current.at(-1), current[begun - 1]];
	if (bucket !== 'day' || begun >= current.length || !first || !last || !today) return null;
	const gone = (range.end.getTime() - range.start.getTime()) / dayMs - (begun - 1);
	const earliest = civilDaysBefore(today, historyDays);
	const days = [...measured.previousSteps, ...measured.steps].filter(
		([day]) => day >= earliest && day < today
	);
	const forecast = forecastPeriod({
		aggregation: 'sum',
		total,
		first,
		last,
		today,
		gone: Math.min(Math.max(gone, 0), 1),
		days: new Map(days)
	});
	return forecast && Math.round(forecast.value);
}

function civilDaysBefore(day: string, days: number): string {
	return String(Temporal.PlainDate.from(day).subtract({ days }));
}
