import { sql } from 'kysely';
import * as v from 'valibot';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

/**
 * What a step does: write to the customer, mark their subscriptions as past due (they work on: the grace),
 * ask for the money once more, suspend them, end them.
 */
export const actions = ['remind', 'past_due', 'charge', 'suspend', 'end'] as const;
export type Action = (typeof actions)[number];

export interface Step {
	/** Stays what it is when the step moves to another day, so that nobody gets it twice. */
	slug: string;
	/** Civil days after the due date; before it, for a negative number. */
	day: number;
	action: Action;
}

export interface Schedule {
	version: number;
	/** From this hour on, in the zone of the business, a day's steps are taken. */
	hour: number;
	/** So many days a link opens its invoice without signing in. */
	linkDays: number;
	/** By day; of one day first what changes something, then what tells of it. */
	steps: Step[];
	madeBy: string;
	madeAt: Date;
}

const whole = (least: number, most: number, message: string) =>
	v.pipe(
		v.number(message),
		v.integer(message),
		v.minValue(least, message),
		v.maxValue(most, message)
	);

const StepInput = v.object({
	slug: v.pipe(
		v.string(),
		v.regex(
			/^[a-z][a-z0-9_]{0,29}$/,
			'Name a step with up to 30 small letters, digits and underscores, such as last_reminder.'
		)
	),
	day: whole(-60, 365, 'Give a whole number of days from -60 to 365.'),
	action: v.picklist(actions, `A step is one of ${actions.join(', ')}.`)
});

/** Each of these happens once, and in this order. */
const inOrder = ['past_due', 'suspend', 'end'] as const;

const Steps = v.pipe(
	v.array(StepInput),
	v.minLength(1, 'A schedule has at least one step.'),
	v.maxLength(20, 'A schedule has at most 20 steps.'),
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		const steps = dataset.value;
		const refuse = (index: number, key: keyof Step, message: string): void => {
			const step = steps[index];
			addIssue({
				message,
				path: [
					{ type: 'array', origin: 'value', input: steps, key: index, value: step },
					{ type: 'object', origin: 'value', input: step as never, key, value: step?.[key] }
				]
			});
		};
		steps.forEach(({ slug, day, action }, index) => {
			const before = steps.slice(0, index);
			if (before.some((other) => other.slug === slug))
				refuse(index, 'slug', `There are two steps named ${slug}.`);
			if (before.some((other) => other.day === day && other.action === action))
				refuse(index, 'day', 'This happens twice on the same day.');
			const order = inOrder.findIndex((each) => each === action);
			if (order >= 0 && before.some((other) => other.action === action))
				refuse(index, 'action', 'This happens once.');
			if (order >= 0 && day < 1) refuse(index, 'day', 'This happens after the due date.');
			const later = inOrder.slice(order + 1) as readonly Action[];
			if (order >= 0 && steps.some((other) => later.includes(other.action) && other.day <= day))
				refuse(
					index,
					'day',
					'First a subscription is past due, then it is suspended, then it ends.'
				);
		});
	})
);

export const ScheduleInput = v.object({
	hour: whole(0, 23, 'Give an hour from 0 to 23.'),
	linkDays: whole(1, 365, 'Give a whole number of days from 1 to 365.'),
	steps: Steps
});

/** The schedule in force. */
export const readSchedule = usecase('dunning.read', v.object({}), async (scope) => {
	const row = await scope.db
		.selectFrom('dunning.schedules')
		.select(['version', 'hour', 'link_days', 'steps', 'made_by', 'made_at'])
		.orderBy('version', 'desc')
		.limit(1)
		.executeTakeFirstOrThrow();
	return {
		version: row.version,
		hour: row.hour,
		linkDays: row.link_days,
		steps: row.steps as unknown as Step[],
		madeBy: row.made_by,
		madeAt: row.made_at
	} satisfies Schedule;
});

/**
 * Puts a schedule in force, for every invoice that is not paid: what was done stays done, and is not done again.
 * Saved as it is, it stays what it is.
 * @returns its version
 * @throws Invalid
 */
export const saveSchedule = usecase('dunning.manage', ScheduleInput, async (scope, input) => {
	// Of two who save at once, the second waits, and comes after the first.
	await lockSchedules(scope);
	const before = await readSchedule(scope, {});
	const steps = inTurn(input.steps);
	const same =
		before.hour === input.hour &&
		before.linkDays === input.linkDays &&
		JSON.stringify(before.steps.map(toStep)) === JSON.stringify(steps);
	if (same) return { version: before.version };
	const version = before.version + 1;
	await scope.db
		.insertInto('dunning.schedules')
		.values({
			version,
			hour: input.hour,
			link_days: input.linkDays,
			steps: JSON.stringify(steps),
			made_by: nameOf(scope),
			made_at: scope.now
		})
		.execute();
	return { version };
});

/** A lock of the database's own, until the transaction ends. */
async function lockSchedules({ db }: Scope): Promise<void> {
	await sql`select pg_advisory_xact_lock(hashtext('dunning.schedules'))`.execute(db);
}

/** Who acts, in words that are kept. */
export function nameOf({ actor }: Scope): string {
	return actor.kind === 'staff' ? actor.name : actor.kind === 'system' ? actor.job : actor.kind;
}

function inTurn(steps: Step[]): Step[] {
	return steps
		.map(toStep)
		.sort(
			(one, other) =>
				one.day - other.day ||
				Number(one.action === 'remind') - Number(other.action === 'remind') ||
				actions.indexOf(one.action) - actions.indexOf(other.action)
		);
}

/** In one order of its fields: what is kept as JSON comes back in another. */
const toStep = ({ slug, day, action }: Step): Step => ({ slug, day, action });
