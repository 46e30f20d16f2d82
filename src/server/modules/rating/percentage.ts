import { Invalid } from '../../platform/errors.ts';
import {
	decimalText,
	exact,
	fromWhole,
	least,
	minus,
	nothing,
	percentOf,
	plus,
	sumOf,
	times,
	type Decimal
} from './decimal.ts';
import type { Price } from './price.ts';
import { step, type Step } from './steps.ts';
import type { Used } from './used.ts';

type Percentage = Extract<Price, { model: 'percentage' }>;

/**
 * A percentage of a total with a fixed part for each event. The first events are free until their
 * number or their total is used up, whichever comes first; the event that goes beyond the free total is
 * charged with what lies beyond, and with its whole fixed part. A bound of events holds each by itself,
 * the fixed part included; a free event costs nothing, whatever the minimum.
 *
 * @throws Invalid where more has to be known than was told
 */
export function ratePercentage(price: Percentage, used: Used): Step[] {
	if (used.event_values) return rateEvents(price, used, used.event_values.map(exact));
	if (price.per_event_min != null || price.per_event_max != null)
		throw missing('event_values', 'Each event has a bound: give the value of each.');
	if (used.total === undefined) throw missing('total', 'This price needs a total.');
	const total = exact(used.total);
	const free = freeOf(price, used, total);
	const hasFixed = price.fixed_per_event != null && exact(price.fixed_per_event).gt(0);
	if (hasFixed && used.events === undefined)
		throw missing('events', 'This price has a part for each event: say how many.');
	const events = minus(exact(used.events ?? '0'), fromWhole(free.events));
	return [
		percentageStep(price, minus(total, free.total)),
		...fixedSteps(price, events.gt(0) ? events : nothing)
	];
}

/** Something free that counts; nothing and 0 are none. */
function allowances(price: Percentage): { events: number | null; total: Decimal | null } {
	const events = Number(price.free_events ?? 0);
	const total = exact(price.free_total ?? '0');
	return { events: events > 0 ? events : null, total: total.gt(0) ? total : null };
}

/** How many events are free, and how much of the total, from what is told of the first events. */
function freeOf(price: Percentage, used: Used, total: Decimal): { events: number; total: Decimal } {
	const allowed = allowances(price);
	if (allowed.events === null && allowed.total === null) return { events: 0, total: nothing };
	const told = used.running_totals_of_free_events;
	if (!told) {
		const hasFixed = price.fixed_per_event != null && exact(price.fixed_per_event).gt(0);
		if (allowed.events === null && allowed.total && !hasFixed)
			return { events: 0, total: least(total, allowed.total) };
		throw missing(
			'running_totals_of_free_events',
			'Which events are free has to be known: give the total after each of the first, or all event_values.'
		);
	}
	const running = told.map(exact);
	checkRunning(running, total);
	const all = used.events !== undefined && running.length >= Number(used.events);
	const free = freeAmong(allowed, running);
	if (!free.usedUp && !all)
		throw missing(
			'running_totals_of_free_events',
			'Go on until the free is used up, or to the last event.'
		);
	return free;
}

function freeAmong(
	allowed: { events: number | null; total: Decimal | null },
	running: readonly Decimal[]
): { events: number; total: Decimal; usedUp: boolean } {
	let total = nothing;
	for (const [index, sum] of running.entries()) {
		if (allowed.events !== null && index >= allowed.events)
			return { events: index, total, usedUp: true };
		if (allowed.total && sum.gt(allowed.total))
			return { events: index, total: allowed.total, usedUp: true };
		total = sum;
	}
	const usedUp = allowed.events !== null && running.length >= allowed.events;
	return { events: running.length, total, usedUp };
}

function checkRunning(running: readonly Decimal[], total: Decimal): void {
	for (const [index, sum] of running.entries()) {
		const path = `running_totals_of_free_events.${index}`;
		const before = running[index - 1];
		if (before && sum.lt(before)) throw missing(path, 'A running total does not fall.');
		if (sum.gt(total)) throw missing(path, 'A running total is not above the total.');
	}
}

function rateEvents(price: Percentage, used: Used, values: Decimal[]): Step[] {
	if (used.total !== undefined && !exact(used.total).eq(sumOf(values)))
		throw missing('total', 'The values of the events come to another total.');
	if (used.events !== undefined && Number(used.events) !== values.length)
		throw missing('events', 'There are values of another number of events.');
	const allowed = allowances(price);
	let sum = nothing;
	const running = values.map((value) => (sum = plus(sum, value)));
	const isFree = allowed.events !== null || allowed.total !== null;
	const free = isFree ? freeAmong(allowed, running) : { events: 0, total: nothing };
	const paid = values.slice(free.events);
	// Of the first that is paid, what the free total still covers.
	const covered = minus(free.total, running[free.events - 1] ?? nothing);
	const beyond = paid.map((value, index) => (index === 0 ? minus(value, covered) : value));
	return stepsOfEvents(price, beyond);
}

/** Events at their bounds are told apart from the others, so that however many make few steps. */
function stepsOfEvents(price: Percentage, values: readonly Decimal[]): Step[] {
	const fixed = exact(price.fixed_per_event ?? '0');
	const lowest = price.per_event_min == null ? null : exact(price.per_event_min);
	const highest = price.per_event_max == null ? null : exact(price.per_event_max);
	let atLowest = 0;
	let atHighest = 0;
	const between: Decimal[] = [];
	for (const value of values) {
		const amount = plus(percentOf(value, exact(price.rate_percent)), fixed);
		if (lowest && amount.lt(lowest)) atLowest++;
		else if (highest && amount.gt(highest)) atHighest++;
		else between.push(value);
	}
	return [
		percentageStep(price, sumOf(between)),
		...fixedSteps(price, fromWhole(between.length)),
		...boundSteps('event_minimum', atLowest, lowest),
		...boundSteps('event_maximum', atHighest, highest)
	];
}

function percentageStep(price: Percentage, base: Decimal): Step {
	return step('percentage', percentOf(base, exact(price.rate_percent)), {
		quantity: decimalText(base),
		ratePercent: price.rate_percent
	});
}

function fixedSteps(price: Percentage, events: Decimal): Step[] {
	const fixed = exact(price.fixed_per_event ?? '0');
	if (!fixed.gt(0) || !events.gt(0)) return [];
	return [
		step('fixed', times(events, fixed), {
			quantity: decimalText(events),
			unitAmount: decimalText(fixed)
		})
	];
}

function boundSteps(
	kind: 'event_minimum' | 'event_maximum',
	events: number,
	bound: Decimal | null
): Step[] {
	if (!bound || events === 0) return [];
	return [
		step(kind, times(fromWhole(events), bound), {
			quantity: String(events),
			unitAmount: decimalText(bound)
		})
	];
}

function missing(path: string, message: string): Invalid {
	return new Invalid([{ path, message }]);
}
