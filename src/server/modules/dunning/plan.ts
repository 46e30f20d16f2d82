import { daysAfter, daysBetween } from '../rating/index.ts';
import type { Schedule, Step } from './schedule.ts';

/** What a step depends on. All days are civil ones in the zone of the business. */
export interface Course {
	issuedOn: string;
	dueOn: string;
	/** The slugs of the steps that were taken. */
	taken: ReadonlySet<string>;
	/** Half-open; the one that still runs has no end. */
	holds: readonly { from: string; to: string | null }[];
}

export interface PlannedStep extends Step {
	on: string;
}

/**
 * What of a schedule is still to come for an invoice, in turn. Days on hold do not count: what comes after the
 * due date comes so many days later.
 */
export function stepsAhead(schedule: Pick<Schedule, 'steps'>, course: Course, today: string) {
	const late = course.holds.reduce(
		(days, { from, to }) =>
			days + Math.max(0, daysBetween(latest(from, course.dueOn), to ?? latest(today, from))),
		0
	);
	return schedule.steps
		.filter(({ slug }) => !course.taken.has(slug))
		.map((step): PlannedStep => ({
			...step,
			on: daysAfter(course.dueOn, step.day + (step.day > 0 ? late : 0))
		}))
		.sort((one, other) => (one.on < other.on ? -1 : Number(one.on > other.on)));
}

export interface DueStep extends PlannedStep {
	/** Taken for done: a later one tells the same, or the invoice came after its day. */
	passed: boolean;
}

/**
 * The steps that are due by today, in turn. After a standstill everything that changes something is done, and of
 * what speaks to the customer (reminders, asking for the money) only the latest. An invoice that is on hold has none.
 */
export function stepsDue(
	schedule: Pick<Schedule, 'steps'>,
	course: Course,
	today: string
): DueStep[] {
	if (course.holds.some(({ to }) => to === null)) return [];
	const due = stepsAhead(schedule, course, today).filter(({ on }) => on <= today);
	return due.map((step, index) => ({
		...step,
		passed:
			step.on <= course.issuedOn ||
			(speaks(step) && due.slice(index + 1).some(({ action }) => action === step.action))
	}));
}

/** Until this step has been taken, there is no sense in saying what comes before it. */
function speaks({ action }: Step): boolean {
	return action === 'remind' || action === 'charge';
}

function latest(one: string, other: string): string {
	return one > other ? one : other;
}
