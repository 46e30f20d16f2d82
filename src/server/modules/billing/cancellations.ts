import * as v from 'valibot';
import { Conflict, Forbidden } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { on } from '../../platform/jobs.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { moments, type Moment as EffectMoment } from '../catalogue/index.ts';
import { daysAfter, startOfDay, wholePeriodOf } from '../rating/index.ts';
import { selectAgreements, type Agreement } from './agreements.ts';
import { selectBilled } from './billed.ts';
import { creditsOf } from './change-lines.ts';
import { documentsOf, type Documents } from './documents.ts';
import { writePending, type NewPendingLine } from './pending.ts';
import { updateSubscription } from './rows.ts';
import {
	holdRunning,
	isVendor,
	readRunning,
	requireBilled,
	tellUpdated,
	type Running
} from './running.ts';
import { changeSubscriptionStatus } from './subscriptions.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** One that runs no period, paused or suspended, is to end today. */
		'subscription.end-asked': { subscriptionId: string; product: string; reason: string };
	}
}

const Version = v.optional(v.pipe(v.number(), v.integer()));

const When = v.optional(v.picklist(moments, 'Choose at_once or period_end.'));

export interface EndPreview {
	subscriptionId: string;
	version: number;
	product: Agreement['product'];
	/** The first day without it. */
	on: string;
	/** What is given back then. */
	lines: NewPendingLine[];
	documents: Documents;
	currency: string;
}

/** When a cancellation would take effect, and what would be given back. @throws as `cancelSubscription` */
export const previewCancellation = usecase(
	'subscription.change',
	v.object({ subscriptionId: v.string(), when: When }),
	async (scope, input): Promise<EndPreview> => {
		const running = await readRunning(scope, input);
		return reckonEnd(scope, running, endOf(scope, running, input.when));
	}
);

/**
 * Ends a subscription: with its trial, at its period's end, or where the plan says so with this day, which is the
 * last. What was paid for later days is then given back, and what was used is billed. One that is paused or
 * suspended ends today. Until it has ended it can be taken back.
 *
 * @throws NotFound; Invalid `subscription_ended`; Conflict `subscription_changed`, `being_billed`, `cancelled_already`,
 * `pause_planned`
 */
export const cancelSubscription = usecase(
	'subscription.change',
	v.object({
		subscriptionId: v.string(),
		version: Version,
		/** Why, in their own words. */
		reason: v.pipe(
			v.string(),
			v.trim(),
			v.nonEmpty('Tell us why.'),
			v.maxLength(500, 'Write at most 500 characters.')
		),
		/** Instead of when the plan says; for the vendor. */
		when: When
	}),
	async (scope, input): Promise<EndPreview> => {
		const running = await holdRunning(scope, input);
		const { agreement, today } = running;
		const { businessId, id, product, status } = agreement;
		const preview = await reckonEnd(scope, running, endOf(scope, running, input.when));
		if (status === 'paused' || status === 'suspended')
			await emit(
				scope,
				'subscription.end-asked',
				{ subscriptionId: id, product: product.slug, reason: input.reason },
				businessId
			);
		else {
			await writePending(scope, preview.lines);
			await updateSubscription(scope, agreement, {
				cancels_on: preview.on,
				cancel_reason: input.reason,
				next_plan_id: null,
				next_plan_version: null,
				next_seats: null,
				renews_on: null,
				period_end: preview.on,
				closes_on: preview.on
			});
		}
		await tellUpdated(scope, agreement, {
			kind: 'cancelled',
			onDay: preview.on,
			from: { status },
			to: { cancelsOn: preview.on },
			reason: input.reason
		});
		return { ...preview, on: preview.on > today ? preview.on : today };
	}
);

on('subscription.end-asked', 'billing.end-asked', async (scope, { businessId, data }) => {
	const [agreement] = await selectAgreements(scope, { subscriptionIds: [data.subscriptionId] });
	if (!agreement) return;
	const { today } = await readRunning(scope, data);
	await changeSubscriptionStatus(scope, {
		businessId,
		product: data.product,
		status: 'ended',
		on: today,
		reason: data.reason
	});
});

/** It goes on after all. @throws NotFound; Conflict `not_cancelled`, `subscription_changed`, `being_billed` */
export const keepSubscription = usecase(
	'subscription.change',
	v.object({ subscriptionId: v.string(), version: Version }),
	async (scope, input): Promise<void> => {
		const running = await holdRunning(scope, input);
		const { agreement, today } = running;
		if (agreement.cancelsOn === null)
			throw new Conflict('not_cancelled', 'This subscription is not cancelled.');
		requireBilled(running);
		await dropCredits(scope, agreement);
		await updateSubscription(scope, agreement, {
			cancels_on: null,
			cancel_reason: null,
			...wholeAgain(agreement)
		});
		await tellUpdated(scope, agreement, {
			kind: 'kept',
			onDay: today,
			from: { cancelsOn: agreement.cancelsOn },
			to: { cancelsOn: null }
		});
	}
);

/** The first day without it. */
function endOf(scope: Scope, running: Running, asked: EffectMoment | undefined): string {
	if (asked !== undefined && !isVendor(scope))
		throw new Forbidden('When a cancellation takes effect is said by the plan.');
	const { agreement, today } = running;
	const { status, terms, period, cancelsOn, pausedOn } = agreement;
	if (cancelsOn !== null)
		throw new Conflict('cancelled_already', `This subscription ends on ${cancelsOn} already.`);
	if (status === 'paused' || status === 'suspended') return today;
	requireBilled(running);
	if (pausedOn !== null)
		throw new Conflict(
			'pause_planned',
			`This subscription is paused from ${pausedOn} on. Take that back first.`
		);
	const isAtOnce = (asked ?? terms.cancellation) === 'at_once' && status !== 'trial';
	const tomorrow = daysAfter(today, 1);
	// Where nothing is reckoned within a period, nobody pays for days that they do not have.
	return isAtOnce && terms.proration !== 'none' && tomorrow < period.end ? tomorrow : period.end;
}

/** What a subscription gives back that ends, or pauses, before a day that was paid for. */
export async function reckonEnd(
	scope: Scope,
	{ agreement, zone }: Running,
	on: string
): Promise<EndPreview> {
	const { id, version, product, terms, status } = agreement;
	const isPaid = status === 'active' || status === 'past_due';
	const billed = isPaid ? (await selectBilled(scope, agreement, on)).lines : [];
	const lines = creditsOf(agreement, billed, { at: startOfDay(on, zone), zone }, false);
	return {
		subscriptionId: id,
		version,
		product,
		on,
		lines,
		documents: documentsOf(lines),
		currency: lines[0]?.currency ?? terms.currency
	};
}

/** What was to be given back is not: the time that it was for goes on. */
export async function dropCredits(
	{ db, now }: Scope,
	{ businessId, id }: Agreement
): Promise<void> {
	await db
		.updateTable('billing.pending_lines')
		.set({ billed_at: now })
		.where('business_id', '=', businessId)
		.where('subscription_id', '=', id)
		.where('billed_at', 'is', null)
		.where('at_once', '=', false)
		.execute();
}

/** The period up to its own boundary, as before it was to end early. */
export function wholeAgain({ status, anchorOn, period, terms, trialEndsOn }: Agreement) {
	const end =
		status === 'trial' && trialEndsOn
			? trialEndsOn
			: wholePeriodOf(anchorOn, period.start, terms.interval).end;
	return {
		period_end: end,
		renews_on: status === 'trial' ? null : end,
		closes_on: end
	};
}
