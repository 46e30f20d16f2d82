import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { on } from '../../platform/jobs.ts';
import { usecase } from '../../platform/usecase.ts';
import { readBusiness } from '../businesses/index.ts';
import { listPlans, listProducts, readProduct } from '../catalogue/index.ts';
import { civilDate, daysAfter } from '../rating/index.ts';
import { readSubscriptionState } from './holdings.ts';
import { readPlan } from './prices.ts';
import { startSubscription } from './subscriptions.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		'trial.asked': { personId: string; productId: string; product: string; planId: string };
		'trial.started': {
			/** Who asked for it. */
			personId: string;
			subscriptionId: string;
			productId: string;
			product: string;
			/** The product's slug. */
			slug: string;
			/** The first day without trial. */
			endsOn: string;
		};
	}
}

/**
 * Begins the trial of a product that the business never had. The subscription starts in a job, since no
 * member writes what is billed; asked twice, it starts once.
 * @returns the first day without trial, in the zone of the business
 * @throws NotFound; Conflict `had_before`, `no_trial` for a plan without one
 */
export const startTrial = usecase(
	'trial.start',
	v.object({ product: v.string(), plan: v.string() }),
	async (scope, input) => {
		const { actor, now } = scope;
		if (actor.kind !== 'member') throw new Error('A trial is begun by a person.');
		const [product, plan] = await Promise.all([
			readProduct(scope, { slug: input.product }),
			readPlan(scope, input)
		]);
		if (plan.trialDays === null || plan.retiredAt)
			throw new Conflict('no_trial', `The plan ${plan.name} has no trial.`);
		if (await readSubscriptionState(scope, { productId: product.id }))
			throw new Conflict('had_before', `Your business has or had ${product.name} already.`);
		await emit(scope, 'trial.asked', {
			personId: actor.personId,
			productId: product.id,
			product: product.name,
			planId: plan.id
		});
		return { endsOn: daysAfter(civilDate(now, actor.timeZone), plan.trialDays) };
	}
);

on('trial.asked', 'billing.trial-asked', async (scope, { businessId, data, occurredAt }) => {
	const [{ timeZone }, products, plans, had] = await Promise.all([
		readBusiness(scope, { businessId }),
		listProducts(scope, {}),
		listPlans(scope, {}),
		// Of two jobs at once the index lets one pass; the other is tried again and finds what is there.
		scope.db
			.selectFrom('billing.subscriptions')
			.select('id')
			.where('business_id', '=', businessId)
			.where('product_id', '=', data.productId)
			.limit(1)
			.executeTakeFirst()
	]);
	if (had) return;
	const product = products.find(({ id }) => id === data.productId);
	const plan = plans.find(({ id }) => id === data.planId);
	if (!product || !plan?.trialDays) throw new NotFound('The plan of this trial');
	const startedOn = civilDate(occurredAt, timeZone);
	const endsOn = daysAfter(startedOn, plan.trialDays);
	const { id } = await startSubscription(scope, {
		businessId,
		product: product.slug,
		plan: plan.slug,
		startedOn,
		trialEndsOn: endsOn
	});
	await emit(
		scope,
		'trial.started',
		{
			personId: data.personId,
			subscriptionId: id,
			productId: product.id,
			product: product.name,
			slug: product.slug,
			endsOn
		},
		businessId
	);
});
