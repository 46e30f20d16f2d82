import * as v from 'valibot';
import { Conflict, Invalid } from '../../platform/errors.ts';
import { usecase } from '../../platform/usecase.ts';
import { daysAfter } from '../rating/index.ts';
import { dropCredits, reckonEnd, wholeAgain, type EndPreview } from './cancellations.ts';
import { writePending } from './pending.ts';
import { updateSubscription } from './rows.ts';
import {
	holdRunning,
	readRunning,
	requireBilled,
	requireNotSuspended,
	tellUpdated,
	type Running
} from './running.ts';
import { CivilDate } from './schemas.ts';

const Version = v.optional(v.pipe(v.number(), v.integer()));

const Pause = v.object({
	subscriptionId: v.string(),
	/** Its first day: tomorrow at the earliest, the end of the running period at the latest and by default. */
	from: v.optional(CivilDate),
	/** The first day after it; left out, it is open. */
	until: v.optional(CivilDate)
});

/** When a pause would begin, and what would be given back. @throws as `pauseSubscription` */
export const previewPause = usecase(
	'subscription.change',
	Pause,
	async (scope, input): Promise<EndPreview> => {
		const running = await readRunning(scope, input);
		return reckonEnd(scope, running, startOf(running, input));
	}
);

/**
 * Pauses a subscription from a day on: nothing is billed for the time of the pause, and what was paid for it is given
 * back. When it goes on, a new period begins on that day.
 *
 * @throws NotFound; Invalid `subscription_ended`, and for days that do not fit; Conflict `subscription_changed`,
 * `being_billed`, `on_trial`, `paused_already`, `pause_planned`, `payment_overdue`, `subscription_suspended`,
 * `cancelled_already`
 */
export const pauseSubscription = usecase(
	'subscription.change',
	v.object({
		...Pause.entries,
		version: Version,
		reason: v.optional(
			v.pipe(v.string(), v.trim(), v.maxLength(500, 'Write at most 500 characters.'))
		)
	}),
	async (scope, input): Promise<EndPreview> => {
		const running = await holdRunning(scope, input);
		const { agreement } = running;
		const preview = await reckonEnd(scope, running, startOf(running, input));
		await writePending(scope, preview.lines);
		await updateSubscription(scope, agreement, {
			paused_on: preview.on,
			resumes_on: input.until ?? null,
			renews_on: null,
			period_end: preview.on,
			closes_on: preview.on
		});
		await tellUpdated(scope, agreement, {
			kind: 'paused',
			onDay: preview.on,
			from: {},
			to: { pausedOn: preview.on, resumesOn: input.until ?? null },
			reason: input.reason || null
		});
		return preview;
	}
);

/**
 * Goes on with a paused subscription, today or on a day to come: closing begins its new period then. A pause that has
 * not begun is taken back.
 *
 * @throws NotFound; Invalid for a day that has passed; Conflict `not_paused`, `subscription_changed`, `being_billed`
 */
export const resumeSubscription = usecase(
	'subscription.change',
	v.object({
		subscriptionId: v.string(),
		version: Version,
		/** Its first day; today unless it is given. */
		on: v.optional(CivilDate)
	}),
	async (scope, input): Promise<{ on: string }> => {
		const running = await holdRunning(scope, input);
		const { agreement, today } = running;
		const { status, pausedOn, resumesOn } = agreement;
		if (pausedOn === null) throw new Conflict('not_paused', 'This subscription is not paused.');
		const from = { pausedOn, resumesOn };
		if (status !== 'paused') {
			requireBilled(running);
			await dropCredits(scope, agreement);
			await updateSubscription(scope, agreement, {
				paused_on: null,
				resumes_on: null,
				...wholeAgain(agreement)
			});
			const to = { pausedOn: null, resumesOn: null };
			await tellUpdated(scope, agreement, { kind: 'taken_back', onDay: today, from, to });
			return { on: today };
		}
		const on = input.on ?? today;
		if (on < today) throw new Invalid([{ path: 'on', message: 'Choose today or a day to come.' }]);
		await updateSubscription(scope, agreement, { resumes_on: on, closes_on: on });
		await tellUpdated(scope, agreement, {
			kind: 'resumed',
			onDay: on,
			from,
			to: { resumesOn: on }
		});
		return { on };
	}
);

function startOf(running: Running, { from, until }: v.InferOutput<typeof Pause>): string {
	requirePausable(running);
	const {
		agreement: { period, terms },
		today
	} = running;
	const start = from ?? period.end;
	const earliest = terms.proration === 'none' ? period.end : daysAfter(today, 1);
	if (start < earliest || start > period.end)
		throw new Invalid([
			{
				path: 'from',
				message:
					earliest === period.end
						? `A pause of this plan begins on ${period.end}, when the period is over.`
						: `A pause begins between ${earliest} and ${period.end}, when the period is over.`
			}
		]);
	if (until !== undefined && until <= start)
		throw new Invalid([{ path: 'until', message: 'A pause ends after it began.' }]);
	return start;
}

function requirePausable(running: Running): void {
	const { status, product, cancelsOn, pausedOn } = running.agreement;
	requireNotSuspended(running);
	if (status === 'paused')
		throw new Conflict('paused_already', `${product.name} is paused already.`);
	if (status === 'trial')
		throw new Conflict('on_trial', 'A trial costs nothing: it is not paused.');
	requireBilled(running);
	if (status === 'past_due')
		throw new Conflict(
			'payment_overdue',
			`A payment for ${product.name} is overdue. It can be paused once that has been paid.`
		);
	if (cancelsOn !== null)
		throw new Conflict('cancelled_already', `This subscription ends on ${cancelsOn}.`);
	if (pausedOn !== null)
		throw new Conflict('pause_planned', `It is paused from ${pausedOn} on already.`);
}
