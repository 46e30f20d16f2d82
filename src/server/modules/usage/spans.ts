import { Temporal } from 'temporal-polyfill';
import type { Scope } from '../../platform/scope.ts';

/**
 * Half-open. Totals are kept by the hour, so a span takes in every hour (UTC) that it touches: half past
 * nine until half past ten is the two hours from nine to eleven.
 */
export interface Span {
	from: Date;
	to: Date;
}

/** A span as the tables hold it: whole days of the business, and the hours before and after them. */
export interface Pieces {
	/** Civil dates, half-open; empty when both are the same. */
	days: [string, string];
	/** Instants, half-open. */
	head: [Date, Date];
	tail: [Date, Date];
}

const hourMs = 3_600_000;

/** The zone in which the scope's business reckons its days. */
export function zoneOf({ actor }: Scope): string {
	if (actor.kind !== 'member') throw new Error('Usage is read by members of a business.');
	return actor.timeZone;
}

export function wholeHours({ from, to }: Span): Span {
	return {
		from: new Date(Math.floor(from.getTime() / hourMs) * hourMs),
		to: new Date(Math.ceil(to.getTime() / hourMs) * hourMs)
	};
}

/**
 * @param now a span that reaches it takes today as it stands, instead of hour by hour
 * @param kept from when on there are hours, where some of the span's are gone: it then takes in every day
 * before that it touches
 */
export function piecesOf(span: Span, zone: string, now: Date, kept: Date | null = null): Pieces {
	const { from, to } = wholeHours(span);
	const first = dayAt(from, zone);
	const gone = (at: number): boolean => kept !== null && at < kept.getTime();
	const firstWhole =
		startOf(first, zone) < from.getTime() && !gone(from.getTime()) ? first.add({ days: 1 }) : first;
	const last = dayAt(to, zone);
	const lastStart = startOf(last, zone);
	const whole = lastStart < to.getTime() && (to >= now || gone(lastStart));
	const end = whole ? last.add({ days: 1 }) : last;
	if (Temporal.PlainDate.compare(firstWhole, end) >= 0) {
		const none = String(first);
		return { days: [none, none], head: [from, to], tail: [to, to] };
	}
	const headEnd = new Date(Math.max(startOf(firstWhole, zone), from.getTime()));
	const tailStart = whole ? to : new Date(lastStart);
	return {
		days: [String(firstWhole), String(end)],
		head: [from, headEnd],
		tail: [tailStart, to]
	};
}

/** Those of the hours around whole days that there are: each a range of an index. */
export function edgesOf({ head, tail }: Pieces): [Date, Date][] {
	return [head, tail].filter(([from, to]) => from < to);
}

function dayAt(instant: Date, zone: string): Temporal.PlainDate {
	return Temporal.Instant.fromEpochMilliseconds(instant.getTime())
		.toZonedDateTimeISO(zone)
		.toPlainDate();
}

/** Milliseconds since 1970. */
function startOf(day: Temporal.PlainDate, zone: string): number {
	return day.toZonedDateTime(zone).epochMilliseconds;
}
