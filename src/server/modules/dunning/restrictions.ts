import type { Scope, System } from '../../platform/scope.ts';
import {
	changeSubscriptionStatus,
	listUnpaid,
	lockSubscriptions,
	type BilledSubscription,
	type UnpaidInvoice
} from '../billing/index.ts';
import { readBusiness } from '../businesses/index.ts';
import { civilDate } from '../rating/index.ts';

/** What an unpaid invoice does to a subscription, the milder before the harder. */
const levels = ['past_due', 'suspended', 'ended'] as const;
type Level = (typeof levels)[number];

const levelOf = (status: string): number => levels.findIndex((level) => level === status);

/**
 * Brings the subscriptions of an unpaid invoice down to a level, and remembers that this invoice holds them there,
 * whoever brought them there first: another invoice, or somebody by hand. What is down further stays there. Trials
 * owe nothing for what is to come, and what the customer has paused only ends.
 * @returns whether there was anything to hold
 */
export async function restrict(
	scope: Scope<System>,
	{
		invoice,
		subscriptions,
		to,
		on
	}: { invoice: UnpaidInvoice; subscriptions: BilledSubscription[]; to: Level; on: string }
): Promise<boolean> {
	const { businessId } = invoice;
	const held = subscriptions.filter(
		({ status }) =>
			status === 'active' || levelOf(status) >= 0 || (to === 'ended' && status !== 'trial')
	);
	for (const subscription of held) {
		const { id, product, status } = subscription;
		if (levelOf(status) < levelOf(to)) {
			await changeSubscriptionStatus(scope, { businessId, product, status: to, on });
			// A later step of the same turn goes on from there.
			subscription.status = to;
		}
		await scope.db
			.insertInto('dunning.restrictions')
			.values({
				business_id: businessId,
				invoice_id: invoice.id,
				subscription_id: id,
				status: to,
				since: scope.now
			})
			.onConflict((conflict) =>
				conflict
					.columns(['business_id', 'invoice_id', 'subscription_id'])
					.doUpdateSet({ status: to, since: scope.now, lifted_at: null })
			)
			.execute();
	}
	return held.length > 0;
}

/**
 * Lifts what invoices did that are paid by now, or ask for nothing any more: a subscription goes back to where
 * the other unpaid invoices hold it, and is active without any. What was changed by hand since stays so, and what
 * has ended stays ended.
 */
export async function liftRestrictions(
	scope: Scope<System>,
	{ businessId }: { businessId: string }
): Promise<void> {
	const before = await listStanding(scope, businessId);
	if (before.length === 0) return;
	const subscriptions = await lockSubscriptions(scope, {
		businessId,
		ids: [...new Set(before.map(({ subscriptionId }) => subscriptionId))]
	});
	// Asked again behind the lock, under which nothing is brought down.
	const standing = await listStanding(scope, businessId);
	const unpaid = new Set((await listUnpaid(scope, { businessId })).map(({ id }) => id));
	const over = standing.filter(({ invoiceId }) => !unpaid.has(invoiceId));
	if (over.length === 0) return;
	await scope.db
		.updateTable('dunning.restrictions')
		.set({ lifted_at: scope.now })
		.where('business_id', '=', businessId)
		.where(
			'invoice_id',
			'in',
			over.map(({ invoiceId }) => invoiceId)
		)
		.where('lifted_at', 'is', null)
		.execute();
	const { timeZone } = await readBusiness(scope, { businessId });
	for (const { id, product, status } of subscriptions) {
		const lifted = over.filter(({ subscriptionId }) => subscriptionId === id);
		if (status === 'ended' || !lifted.some((each) => each.status === status)) continue;
		const left = standing
			.filter(({ subscriptionId, invoiceId }) => subscriptionId === id && unpaid.has(invoiceId))
			.map((each) => levelOf(each.status));
		const to = levels[Math.max(-1, ...left)] ?? 'active';
		if (to !== status)
			await changeSubscriptionStatus(scope, {
				businessId,
				product,
				status: to,
				on: civilDate(scope.now, timeZone)
			});
	}
}

async function listStanding({ db }: Scope, businessId: string) {
	const rows = await db
		.selectFrom('dunning.restrictions')
		.select(['invoice_id as invoiceId', 'subscription_id as subscriptionId', 'status'])
		.where('business_id', '=', businessId)
		.where('lifted_at', 'is', null)
		.execute();
	return rows;
}

/** The businesses in which some invoice holds a subscription down. */
export async function listRestrictedBusinesses({ db }: Scope<System>): Promise<string[]> {
	const rows = await db
		.selectFrom('dunning.restrictions')
		.select('business_id')
		.distinct()
		.where('lifted_at', 'is', null)
		.where('status', '<>', 'ended')
		.execute();
	return rows.map((row) => row.business_id);
}
