import * as v from 'valibot';
import { Conflict, Invalid, NotFound, violatedConstraint } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { readProduct } from '../catalogue/index.ts';
import { boundaryAfter } from '../rating/index.ts';
import { readAgreement, readPlan } from './prices.ts';
import { CivilDate } from './schemas.ts';

export const subscriptionStatuses = ['trial', 'active', 'past_due', 'suspended', 'ended'] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

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
	/** The day that monthly boundaries are reckoned from; the start, unless all are to fall on another day. */
	anchorOn: v.optional(CivilDate),
	/** The first day without trial; without it the subscription is active from its start. */
	trialEndsOn: v.optional(CivilDate),
	/** Instead of the plan's. */
	seats: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)))
});

/**
 * Gives a business a product by a plan, at the plan's prices of today.
 * @throws NotFound; Invalid for a trial that ends before it began; Conflict `subscribed_already`, `plan_retired`,
 * `not_billed_yet`
 */
export const startSubscription = usecase(
	'billing.manage',
	StartSubscription,
	async (scope, input) => {
		const { db, now } = scope;
		if (input.trialEndsOn && input.trialEndsOn <= input.startedOn)
			throw new Invalid([{ path: 'trialEndsOn', message: 'A trial ends after it began.' }]);
		const [product, plan] = await Promise.all([
			readProduct(scope, { slug: input.product }),
			readPlan(scope, { product: input.product, plan: input.plan })
		]);
		if (plan.retiredAt)
			throw new Conflict('plan_retired', `The plan ${plan.name} is not on offer any more.`);
		const { version, usage } = await readAgreement(scope, plan);
		const id = newId('sub', now);
		const status: SubscriptionStatus = input.trialEndsOn ? 'trial' : 'active';
		const anchorOn = input.anchorOn ?? input.startedOn;
		const periodEnd = input.trialEndsOn ?? boundaryAfter(anchorOn, input.startedOn);
		try {
			await db
				.insertInto('billing.subscriptions')
				.values({
					business_id: input.businessId,
					id,
					product_id: product.id,
					plan_id: plan.id,
					plan_version: version,
					status,
					seats: input.seats ?? plan.seats,
					amount_minor: plan.amountMinor,
					currency: plan.currency,
					started_on: input.startedOn,
					anchor_on: anchorOn,
					period_start: input.startedOn,
					period_end: periodEnd,
					renews_on: status === 'active' ? periodEnd : null,
					trial_ends_on: input.trialEndsOn ?? null
				})
				.execute();
		} catch (error) {
			if (violatedConstraint(error) === 'subscriptions_running')
				throw new Conflict('subscribed_already', `The business has ${product.name} already.`);
			throw error;
		}
		if (usage.length > 0)
			await db
				.insertInto('billing.subscription_prices')
				.values(
					usage.map(({ meter, label, included, unitMinor }) => ({
						business_id: input.businessId,
						subscription_id: id,
						meter,
						label,
						included,
						unit_minor: unitMinor
					}))
				)
				.execute();
		await emit(
			scope,
			'subscription.started',
			{ subscriptionId: id, productId: product.id, product: product.name, status },
			input.businessId
		);
		await announce(scope, input.businessId, 'billing');
		return { id };
	}
);

/** Where a subscription may go from where it is; what ended stays ended, a new one begins instead. */
const steps: Record<SubscriptionStatus, readonly SubscriptionStatus[]> = {
	trial: ['active', 'suspended', 'ended'],
	active: ['past_due', 'suspended', 'ended'],
	past_due: ['active', 'suspended', 'ended'],
	suspended: ['active', 'past_due', 'ended'],
	ended: []
};

/**
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
		on: CivilDate
	}),
	async (scope, input) => {
		const { product, subscription } = await lockRunning(scope, input.businessId, input.product);
		const from = subscription.status as SubscriptionStatus;
		if (!steps[from].includes(input.status))
			throw new Conflict(
				'subscription_status',
				`A subscription that is ${from} cannot become ${input.status}.`
			);
		await scope.db
			.updateTable('billing.subscriptions')
			.set({
				status: input.status,
				suspended_at: input.status === 'suspended' ? scope.now : null,
				...datesOf(input.status, input.on, subscription)
			})
			.where('business_id', '=', input.businessId)
			.where('id', '=', subscription.id)
			.execute();
		await emit(
			scope,
			'subscription.changed',
			{
				subscriptionId: subscription.id,
				productId: product.id,
				product: product.name,
				from,
				to: input.status
			},
			input.businessId
		);
		await announce(scope, input.businessId, 'billing');
	}
);

function datesOf(
	to: SubscriptionStatus,
	on: string,
	subscription: { status: string; period_end: string }
): {
	anchor_on?: string;
	period_start?: string;
	period_end?: string;
	renews_on?: string | null;
	ended_on?: string;
} {
	if (to === 'ended') return { ended_on: on, renews_on: null };
	if (to === 'suspended') return { renews_on: null };
	if (subscription.status === 'trial' && to === 'active') {
		const end = boundaryAfter(on, on);
		return { anchor_on: on, period_start: on, period_end: end, renews_on: end };
	}
	return { renews_on: subscription.period_end };
}

/**
 * Moves a subscription on to its next period.
 * @returns the new period, half-open
 * @throws NotFound; Conflict `not_renewing` for one that does not renew
 */
export const renewSubscription = usecase(
	'billing.manage',
	v.object({ businessId: BusinessId, product: v.string() }),
	async (scope, input) => {
		const { product, subscription } = await lockRunning(scope, input.businessId, input.product);
		const start = subscription.renews_on;
		if (!start) throw new Conflict('not_renewing', `${product.name} does not renew.`);
		const end = boundaryAfter(subscription.anchor_on, start);
		await scope.db
			.updateTable('billing.subscriptions')
			.set({ period_start: start, period_end: end, renews_on: end })
			.where('business_id', '=', input.businessId)
			.where('id', '=', subscription.id)
			.execute();
		await announce(scope, input.businessId, 'billing');
		return { start, end };
	}
);

async function lockRunning(scope: Scope, businessId: string, slug: string) {
	const product = await readProduct(scope, { slug });
	const subscription = await scope.db
		.selectFrom('billing.subscriptions')
		.select(['id', 'status', 'anchor_on', 'period_end', 'renews_on'])
		.where('business_id', '=', businessId)
		.where('product_id', '=', product.id)
		.where('status', '<>', 'ended')
		.forUpdate()
		.executeTakeFirst();
	if (!subscription) throw new NotFound('This subscription');
	return { product, subscription };
}
