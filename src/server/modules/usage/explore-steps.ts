import { Temporal } from 'temporal-polyfill';
import { wholeHours, type Span } from './spans.ts';

export const granularities = ['hour', 'day', 'week', 'month'] as const;
export type Granularity = (typeof granularities)[number];

export interface Step {
	/** `2026-11-25T09:00` for an hour of the business, otherwise the civil date on which the step begins. */
	key: string;
	/** The first instant; a week or month may begin before the span does. */
	start: Date;
}

/** A chart has no use for more; a year of hours is 8,784. */
export const mostSteps = 10_000;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const lengths: Record<Granularity, number> = {
	hour: hourMs,
	day: dayMs,
	week: 7 * dayMs,
	month: 28 * dayMs
};

export function tooManySteps({ from, to }: Span, granularity: Granularity): boolean {
	return (to.getTime() - from.getTime()) / lengths[granularity] > mostSteps;
}

/** Every step that the span touches, in order. Weeks begin on Monday. */
export function stepsIn(span: Span, granularity: Granularity, zone: string): Step[] {
	if (granularity === 'hour') {
		const { from, to } = wholeHours(span);
		const hours = Math.round((to.getTime() - from.getTime()) / hourMs);
		return Array.from({ length: hours }, (_, hour) => {
			const start = new Date(from.getTime() + hour * hourMs);
			return { key: localHour(start, zone), start };
		});
	}
	const steps: Step[] = [];
	let date = stepOf(dayOf(span.from, zone), granularity);
	for (;;) {
		const start = new Date(date.toZonedDateTime(zone).epochMilliseconds);
		if (start >= span.to) return steps;
		steps.push({ key: String(date), start });
		date = date.add({ [`${granularity}s`]: 1 });
	}
}

/** The civil date of an instant. */
export function dayOf(at: Date, zone: string): Temporal.PlainDate {
	return Temporal.Instant.fromEpochMilliseconds(at.getTime())
		.toZonedDateTimeISO(zone)
		.toPlainDate();
}

function stepOf(day: Temporal.PlainDate, granularity: Granularity): Temporal.PlainDate {
	if (granularity === 'week') return day.subtract({ days: day.dayOfWeek - 1 });
	return granularity === 'month' ? day.with({ day: 1 }) : day;
}

function localHour(at: Date, zone: string): string {
	return Temporal.Instant.fromEpochMilliseconds(at.getTime())
		.toZonedDateTimeISO(zone)
		.toPlainDateTime()
		.toString({ smallestUnit: 'minute' });
}
