import * as v from 'valibot';
import { Conflict, Forbidden, Invalid } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { moments, type Moment as EffectMoment } from '../catalogue/index.ts';
import { civilDate } from '../rating/index.ts';
import type { Agreement } from './agreements.ts';
import { changedNow, changedUnpaid, plannedFor, type After } from './change-outcomes.ts';
import { directionOf, effectOf, targetOf, type Direction, type Target } from './change-plans.ts';
import { documentsOf, type Documents } from './documents.ts';
import type { ChangeKind, ChangeSide } from './history.ts';
import { comingOf, readNextCharge, type NextCharge } from './next-charge.ts';
import { writePending, type NewPendingLine } from './pending.ts';
import { updateSubscription, writeEndedPeriod } from './rows.ts';
import {
	holdRunning,
	isVendor,
	readRunning,
	requireBilled,
	requireNotSuspended,
	tellUpdated,
	type Running
} from './running.ts';

const Seats = v.pipe(
	v.number('Write a number of seats.'),
	v.integer('Write whole seats.'),
	v.minValue(1, 'Give at least one seat.'),
	v.maxValue(1_000_000, 'Give at most 1,000,000 seats.')
);

const Asked = v.object({
	subscriptionId: v.string(),
	/** The slug of another plan of the product; also its own, for its newest version. */
	plan: v.optional(v.string()),
	seats: v.optional(Seats),
	/** Instead of when the plan says; for the vendor. */
	when: v.optional(v.picklist(moments, 'Choose at_once or period_end.'))
});

const Change = v.object({
	...Asked.entries,
	/** The version of the subscription that whoever changes it has seen. */
	version: v.optional(v.pipe(v.number(), v.integer())),
	/** The moment of the preview that was seen: what is applied is what it said. */
	at: v.optional(v.date())
});

export interface ChangePreview {
	subscriptionId: string;
	/** For `changePlan`: the version that was looked at, and the moment for which it was reckoned. */
	version: number;
	at: Date;
	product: Agreement['product'];
	from: Target;
	to: Target;
	direction: Direction;
	effect: EffectMoment;
	/** The first day of the new. */
	on: string;
	currency: string;
	/** What is charged and credited now. */
	lines: NewPendingLine[];
	documents: Documents;
	/** What the next period asks as such, and when. */
	next: NextCharge | null;
}

/**
 * What another plan or other seats would cost: to the cent what `changePlan` and `changeSeats` do with the same
 * moment.
 * @throws as `changePlan`
 */
export const previewChange = usecase(
	'subscription.change',
	Asked,
	async (scope, input): Promise<ChangePreview> => {
		const running = await readRunning(scope, input);
		return (await reckon(scope, running, input)).preview;
	}
);

/**
 * Another plan of the same product, perhaps with other seats.
 * @throws NotFound; Invalid `subscription_ended`, `no_change`, `seats_fixed`; Conflict `subscription_changed`,
 * `being_billed`, `plan_retired`, `subscription_suspended`, `cancelled_already`, `pause_planned`, `preview_old`
 */
export const changePlan = usecase(
	'subscription.change',
	v.object({ ...Change.entries, plan: v.string() }),
	(scope, input): Promise<ChangePreview> => apply(scope, input, 'plan')
);

/** Other seats of the same plan. @throws as `changePlan` */
export const changeSeats = usecase(
	'subscription.change',
	v.object({ ...v.omit(Change, ['plan']).entries, seats: Seats }),
	(scope, input): Promise<ChangePreview> => apply(scope, input, 'seats')
);

/** What was planned for the next period does not come. @throws NotFound; Conflict `nothing_planned` */
export const takeBackChange = usecase(
	'subscription.change',
	v.object({
		subscriptionId: v.string(),
		version: v.optional(v.pipe(v.number(), v.integer()))
	}),
	async (scope, input): Promise<void> => {
		const running = await holdRunning(scope, input);
		const { agreement } = running;
		const { next } = agreement;
		if (!next)
			throw new Conflict('nothing_planned', 'No other plan and no other seats are planned.');
		requireBilled(running);
		await updateSubscription(scope, agreement, {
			next_plan_id: null,
			next_plan_version: null,
			next_seats: null
		});
		await tellUpdated(scope, agreement, {
			kind: 'taken_back',
			onDay: running.today,
			from: {
				...(next.plan ? { plan: next.plan.name, planVersion: next.plan.terms.version } : {}),
				...(next.seats === null ? {} : { seats: next.seats })
			},
			to: { plan: agreement.plan.name, seats: agreement.seats }
		});
	}
);

type Input = v.InferOutput<typeof Change>;

/** For how long a preview holds. Of another day it never does. */
const previewHolds = 30 * 60_000;

async function apply(scope: Scope, input: Input, kind: ChangeKind): Promise<ChangePreview> {
	const held = await holdRunning(scope, input);
	const running = input.at ? { ...held, at: input.at } : held;
	const age = scope.now.getTime() - running.at.getTime();
	if (age < 0 || age > previewHolds || civilDate(running.at, held.zone) !== held.today)
		throw new Conflict(
			'preview_old',
			'What this costs was reckoned for another time. Look at it again, and confirm it.'
		);
	const { preview, after } = await reckon(scope, running, input);
	const { agreement } = held;
	await writePending(scope, preview.lines);
	if (after.ended) await writeEndedPeriod(scope, agreement, after.ended);
	await updateSubscription(scope, agreement, after.columns);
	const { from, to, on } = preview;
	await tellUpdated(scope, agreement, { kind, onDay: on, from: sideOf(from), to: sideOf(to) });
	return preview;
}

function sideOf({ plan, terms, seats }: Target): ChangeSide {
	return { plan: plan.name, planVersion: terms.version, seats };
}

async function reckon(
	scope: Scope,
	running: Running,
	asked: v.InferOutput<typeof Asked>
): Promise<{ preview: ChangePreview; after: After }> {
	if (asked.when !== undefined && !isVendor(scope))
		throw new Forbidden('When a change takes effect is said by the plan.');
	requireNotSuspended(running);
	requireBilled(running);
	const { agreement, at, zone, today } = running;
	if (agreement.cancelsOn !== null)
		throw new Conflict(
			'cancelled_already',
			`This subscription ends on ${agreement.cancelsOn}. Take that back first.`
		);
	if (agreement.pausedOn !== null && agreement.status !== 'paused')
		throw new Conflict(
			'pause_planned',
			`This subscription is paused from ${agreement.pausedOn} on. Take that back first.`
		);
	if (asked.plan === undefined && asked.seats === undefined)
		throw new Invalid([{ path: 'plan', message: 'Choose a plan, or how many seats.' }]);
	const to = await targetOf(scope, agreement, asked);
	const { plan, terms, seats } = agreement;
	const direction = directionOf(agreement, to);
	const effect = effectOf(agreement, to, direction, asked);
	const isPaid = agreement.status === 'active' || agreement.status === 'past_due';
	const { lines, after, on, then } =
		effect === 'period_end'
			? plannedFor(agreement, to)
			: isPaid
				? await changedNow(scope, agreement, to, { at, zone })
				: changedUnpaid(agreement, to, today);
	return {
		preview: {
			subscriptionId: agreement.id,
			version: agreement.version,
			at,
			product: agreement.product,
			from: { plan, terms, seats },
			to,
			direction,
			effect,
			on,
			currency: lines[0]?.currency ?? terms.currency,
			lines,
			documents: documentsOf(lines),
			next: await readNextCharge(scope, comingOf(then))
		},
		after
	};
}
