import { businessOf, type Scope } from '../../platform/scope.ts';
import { listIncludedQuantities, listSubscriptions } from '../billing/index.ts';
import { addsBytes } from './figures.ts';
import type { Meter } from './meters.ts';

export interface Allowance {
	/** What the running plan includes of a month, exact decimal text; null where it names nothing. */
	included: string | null;
	/** The lowest limit that the business has set for a month; exact decimal text. */
	limit: string | null;
}

/** What the plans include of these meters, and the limits of the business's alerts. */
export async function readAllowances(
	scope: Scope,
	meters: readonly Meter[]
): Promise<Map<string, Allowance>> {
	const [subscriptions, quantities, alerts] = await Promise.all([
		listSubscriptions(scope, {}),
		listIncludedQuantities(scope, {}),
		scope.db
			.selectFrom('usage.alerts')
			.select(({ fn }) => ['meter_id', fn.min('amount').as('lowest')])
			.where('business_id', '=', businessOf(scope))
			.where('limit_of', '=', 'number')
			.where('period', '=', 'month')
			.where('removed_at', 'is', null)
			.groupBy('meter_id')
			.execute()
	]);
	const includedIn = (meter: Meter): string | null => {
		const named = quantities.find(
			({ productId, meter: slug }) => productId === meter.productId && slug === meter.slug
		);
		if (named) return named.quantity;
		// A plan's data is of all that its product moves: where several meters add bytes up, it is of none alone.
		const data = meters.filter((one) => one.productId === meter.productId && addsBytes(one));
		const subscription = subscriptions.find(({ product }) => product.id === meter.productId);
		if (!subscription || subscription.status === 'ended') return null;
		return data.length === 1 && data[0]?.id === meter.id
			? (subscription.plan.includedBytes?.toString() ?? null)
			: null;
	};
	return new Map(
		meters.map((meter) => [
			meter.id,
			{
				included: includedIn(meter),
				limit: alerts.find(({ meter_id }) => meter_id === meter.id)?.lowest ?? null
			}
		])
	);
}
