import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { readPlanVersion, readProduct, redeemCoupon } from '../catalogue/index.ts';
import { boundaryAfter } from '../rating/index.ts';
import { selectAgreements, type Agreement } from './agreements.ts';
import { record } from './history.ts';
import { readPlan } from './prices.ts';
import { writeEndedPeriod } from './rows.ts';
import { CivilDate } from './schemas.ts';
import { subscriptionStatuses, type SubscriptionStatus } from './statuses.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'subscription.started': {
			subscriptionId: string;
			productId: string;
			product: string;
			status: SubscriptionStatus;
		};
		'subscription.changed': {
			subscriptionId: string;
			productId: string;
			product: string;
			from: SubscriptionStatus;
			to: SubscriptionStatus;
		};
	}
}

const StartSubscription = v.object({
	businessId: BusinessId,
	/** The product's and the plan's slugs. */
	product: v.string(),
	plan: v.string(),
	startedOn: CivilDate,
	/** The day that boundaries are reckoned from; the start, unless all are to fall on another day. */
	anchorOn: v.optional(CivilDate),
	/** The first day without trial; without it the subscription is active from its start. */
	trialEndsOn: v.optional(CivilDate),
	/** After the trial it goes on with the same plan by itself; otherwise it ends unless somebody chooses one. */
	goesOn: v.optional(v.boolean(), false),
	/** Instead of the plan's. */
	seats: v.optional(
		v.pipe(
			v.number('Write a number of seats.'),
			v.integer('Write whole seats.'),
			v.minValue(1, 'Give at least one seat.'),
			v.maxValue(1_000_000, 'Give at most 1,000,000 seats.')
		)
	),
	/** The code of a coupon. */
	coupon: v.optional(v.string()),
	/** What is asked in advance for the first period was billed elsewhere: closing begins with the next. */
	firstPeriodBilled: v.optional(v.boolean(), false)
});

/**
 * Gives a business a product by a plan, as its newest version on offer says it. What the first period asks in
 * advance is billed by closing.
 * @throws NotFound; Invalid for a trial that ends before it began, an anchor after the start, a coupon that is not
 * taken; Conflict `subscribed_already`, `plan_retired`
 */
export const startSubscription = usecase(
	'billing.manage',
	StartSubscription,
	async (scope, input) => {
		const { businessId, startedOn, trialEndsOn } = input;
		if (trialEndsOn && trialEndsOn <= startedOn)
			throw new Invalid([{ path: 'trialEndsOn', message: 'A trial ends after it began.' }]);
		const anchorOn = input.anchorOn ?? startedOn;
		if (anchorOn > startedOn)
			throw new Invalid([{ path: 'anchorOn', message: 'The anchor is not after the start.' }]);
		const [product, plan] = await Promise.all([
			readProduct(scope, { slug: input.product }),
			readPlan(scope, { product: input.product, plan: input.plan })
		]);
		if (plan.retiredAt)
			throw new Conflict('plan_retired', `The plan ${plan.name} is not on offer any more.`);
		const terms = await readPlanVersion(scope, { planId: plan.id, version: plan.version });
		const id = newId('sub', scope.now);
		const status: SubscriptionStatus = trialEndsOn ? 'trial' : 'active';
		const periodEnd = trialEndsOn ?? boundaryAfter(anchorOn, startedOn, terms.interval);
		const isBilled = input.firstPeriodBilled || trialEndsOn !== undefined;
		const seats = input.seats ?? plan.seats;
		try {
			await scope.db
				.insertInto('billing.subscriptions')
				.values({
					business_id: businessId,
					id,
					product_id: product.id,
					plan_id: plan.id,
					plan_version: plan.version,
					status,
					seats,
					started_on: startedOn,
					anchor_on: anchorOn,
					period_start: startedOn,
					period_end: periodEnd,
					renews_on: status === 'active' ? periodEnd : null,
					trial_ends_on: trialEndsOn ?? null,
					...(trialEndsOn && input.goesOn
						? { next_plan_id: plan.id, next_plan_version: plan.version }
						: {}),
					advance_billed_until: input.firstPeriodBilled && !trialEndsOn ? periodEnd : startedOn,
					closes_on: isBilled ? periodEnd : startedOn
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'subscriptions_running')
				throw new Conflict('subscribed_already', `The business has ${product.name} already.`);
			throw error;
		}
		if (input.coupon !== undefined)
			await addCoupon(scope, { businessId, subscriptionId: id, code: input.coupon, plan: plan.id });
		await record(scope, {
			businessId,
			subscriptionId: id,
			kind: 'started',
			onDay: startedOn,
			from: {},
			to: {
				status,
				plan: plan.name,
				planVersion: plan.version,
				seats,
				...(trialEndsOn ? { trialEndsOn } : {}),
				...(input.coupon === undefined ? {} : { coupon: input.coupon })
			}
		});
		await emit(
			scope,
			'subscription.started',
			{ subscriptionId: id, productId: product.id, product: product.name, status },
			businessId
		);
		await announce(scope, businessId, 'billing');
		return { id };
	}
);

/** @throws Invalid at `coupon` for a code that is not taken */
async function addCoupon(
	scope: Scope,
	{
		businessId,
		subscriptionId,
		code,
		plan
	}: { businessId: string; subscriptionId: string; code: string; plan: string }
): Promise<void> {
	const coupon = await redeemCoupon(scope, {
		business: businessId,
		subscriptionId,
		code,
		plan
	}).catch((error: unknown) => {
		if (!(error instanceof Invalid)) throw error;
		throw new Invalid(error.issues.map((issue) => ({ ...issue, path: 'coupon' })));
	});
	const periods = { once: 1, periods: coupon.periods, for_ever: null }[coupon.duration];
	await scope.db
		.insertInto('billing.subscription_coupons')
		.values({
			business_id: businessId,
			subscription_id: subscriptionId,
			coupon_id: coupon.id,
			code: coupon.code,
			name: coupon.name,
			percent: coupon.percent,
			amount_minor: coupon.amountMinor,
			currency: coupon.currency,
			periods_left: periods,
			added_at: scope.now
		})
		.execute();
}

/** Where a subscription may go from where it is; what ended stays ended, a new one begins instead. */
const steps: Record<SubscriptionStatus, readonly SubscriptionStatus[]> = {
	trial: ['active', 'suspended', 'ended'],
	active: ['past_due', 'suspended', 'ended'],
	past_due: ['active', 'suspended', 'ended'],
	suspended: ['active', 'past_due', 'ended'],
	// It goes on by `resumeSubscription`.
	paused: ['ended'],
	ended: []
};

/**
 * How a subscription stands after what became of its bills. No money moves by it: what was billed stays billed,
 * and what was used is billed still.
 * @throws NotFound when the business has no running subscription of the product; Conflict
 * `subscription_status` for a step that does not exist
 */
export const changeSubscriptionStatus = usecase(
	'billing.manage',
	v.object({
		businessId: BusinessId,
		product: v.string(),
		status: v.picklist(subscriptionStatuses),
		/** The civil date of the change. A trial that becomes active begins its first period on it. */
		on: CivilDate,
		/** Why, for the history. */
		reason: v.optional(v.pipe(v.string(), v.maxLength(500)))
	}),
	async (scope, { businessId, status: to, on, ...input }) => {
		const agreement = await lockRunning(scope, businessId, input.product);
		const { id, product, status: from } = agreement;
		if (!steps[from].includes(to))
			throw new Conflict(
				'subscription_status',
				`A subscription that is ${from} cannot become ${to}.`
			);
		if (to === 'ended' || hasRunOut(agreement, to, on)) await endPeriod(scope, agreement, on);
		await scope.db
			.updateTable('billing.subscriptions')
			.set((row) => ({
				status: to,
				version: row('version', '+', 1),
				suspended_at: to === 'suspended' ? scope.now : null,
				...datesOf(agreement, to, on)
			}))
			.where('business_id', '=', businessId)
			.where('id', '=', id)
			.execute();
		await record(scope, {
			businessId,
			subscriptionId: id,
			kind: 'status',
			onDay: on,
			from: { status: from },
			to: { status: to },
			reason: input.reason ?? null
		});
		await emit(
			scope,
			'subscription.changed',
			{ subscriptionId: id, productId: product.id, product: product.name, from, to },
			businessId
		);
		await announce(scope, businessId, 'billing');
	}
);

/** A suspended one whose period ended meanwhile begins a new one: nothing is asked for the time between. */
function hasRunOut({ status, period }: Agreement, to: SubscriptionStatus, on: string): boolean {
	return status === 'suspended' && to !== 'ended' && on >= period.end;
}

function datesOf(agreement: Agreement, to: SubscriptionStatus, on: string) {
	const { status, period, terms } = agreement;
	if (to === 'ended')
		return {
			ended_on: on,
			renews_on: null,
			closes_on: status === 'trial' ? null : on,
			...forgotten,
			// What was used until now is billed still.
			...(period.start < on && on < period.end ? { period_end: on } : {})
		};
	if (to === 'suspended') return { renews_on: null };
	if ((status === 'trial' && to === 'active') || hasRunOut(agreement, to, on)) {
		const end = boundaryAfter(on, on, terms.interval);
		return {
			anchor_on: on,
			period_start: on,
			period_end: end,
			renews_on: end,
			advance_billed_until: on,
			closes_on: on
		};
	}
	return { renews_on: period.end, closes_on: period.end };
}

/** What was planned for one that ends comes to nothing. */
const forgotten = {
	next_plan_id: null,
	next_plan_version: null,
	next_seats: null,
	paused_on: null,
	resumes_on: null
};

/** Leaves what is paid afterwards of the running period, up to a day, for closing to bill. */
async function endPeriod(scope: Scope, agreement: Agreement, on: string): Promise<void> {
	const { period, status, closesOn } = agreement;
	const end = on < period.end ? on : period.end;
	// A trial costs nothing, and of one that is paused or waits this was done when its period ended.
	const isDone = closesOn === null || closesOn > period.end || status === 'paused';
	if (status === 'trial' || isDone || end <= period.start) return;
	await writeEndedPeriod(scope, agreement, { start: period.start, end });
}

/**
 * Moves a subscription on to its next period, of which all that is asked in advance was billed elsewhere: for
 * whoever tells a past. Otherwise closing does it.
 * @returns the new period, half-open
 * @throws NotFound; Conflict `not_renewing` for one that does not renew
 */
export const renewSubscription = usecase(
	'billing.manage',
	v.object({ businessId: BusinessId, product: v.string() }),
	async (scope, input) => {
		const agreement = await lockRunning(scope, input.businessId, input.product);
		const { product, status, anchorOn, period, terms } = agreement;
		if (status !== 'active' && status !== 'past_due')
			throw new Conflict('not_renewing', `${product.name} does not renew.`);
		const start = period.end;
		const end = boundaryAfter(anchorOn, start, terms.interval);
		await scope.db
			.updateTable('billing.subscriptions')
			.set({
				period_start: start,
				period_end: end,
				renews_on: end,
				advance_billed_until: end,
				closes_on: end
			})
			.where('business_id', '=', input.businessId)
			.where('id', '=', agreement.id)
			.execute();
		await announce(scope, input.businessId, 'billing');
		return { start, end };
	}
);

async function lockRunning(scope: Scope, businessId: string, slug: string): Promise<Agreement> {
	const product = await readProduct(scope, { slug });
	const running = await selectAgreements(scope, { businessIds: [businessId], lock: true });
	const found = running.find((one) => one.product.id === product.id);
	if (!found) throw new NotFound('This subscription');
	return found;
}
