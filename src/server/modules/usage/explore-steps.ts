import { Temporal } from 'temporal-polyfill';
import { wholeHours, type Span } from './spans.ts';

export const granularities = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Granularity = (typeof granularities)[number];

export interface Step {
	/** `2026-11-25T09:00` for an hour or a minute of the business, otherwise the civil date on which the step begins. */
	key: string;
	/** The first instant; a week or month may begin before the span does. */
	start: Date;
}

/** A chart has no use for more; a year of hours is 8,784. */
export const mostSteps = 10_000;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const lengths: Record<Granularity, number> = {
	minute: minuteMs,
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
	if (granularity === 'minute') return evenSteps(span, minuteMs, zone);
	if (granularity === 'hour') return evenSteps(wholeHours(span), hourMs, zone);
	const steps: Step[] = [];
	let date = stepOf(dayOf(span.from, zone), granularity);
	for (;;) {
		const start = new Date(date.toZonedDateTime(zone).epochMilliseconds);
		if (start >= span.to) return steps;
		steps.push({ key: String(date), start });
		date = date.add({ [`${granularity}s`]: 1 });
	}
}

function evenSteps({ from, to }: Span, length: number, zone: string): Step[] {
	const first = Math.floor(from.getTime() / length) * length;
	const count = Math.ceil((to.getTime() - first) / length);
	return Array.from({ length: count }, (_, place) => {
		const start = new Date(first + place * length);
		return { key: localMinute(start, zone), start };
	});
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

function localMinute(at: Date, zone: string): string {
	return Temporal.Instant.fromEpochMilliseconds(at.getTime())
		.toZonedDateTimeISO(zone)
		.toPlainDateTime()
		.toString({ smallestUnit: 'minute' });
}
