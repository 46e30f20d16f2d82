import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { CivilDate } from './schemas.ts';
import type { SubscriptionStatus } from './statuses.ts';

/** How a business stands with the vendor, in short. */
export interface CustomerStanding {
	businessId: string;
	subscriptions: { productId: string; status: SubscriptionStatus }[];
	/** What open invoices ask, and what of it is overdue, a row for each currency. */
	owed: { currency: string; leftMinor: bigint; overdueMinor: bigint }[];
}

/** How these businesses stand: for the vendor's staff, who look at many. */
export const listCustomerStandings = usecase(
	'billing.read',
	v.object({
		businessIds: v.pipe(v.array(v.string()), v.maxLength(100)),
		/** The civil date that overdue is reckoned from. */
		today: CivilDate
	}),
	async ({ db }, { businessIds, today }): Promise<CustomerStanding[]> => {
		const these = sql<string>`any(${businessIds})`;
		const [subscriptions, owed] = await Promise.all([
			db
				.selectFrom('billing.subscriptions')
				.select(['business_id', 'product_id', 'status'])
				.where('business_id', '=', these)
				.where('status', '<>', 'ended')
				.orderBy('id')
				.execute(),
			db
				.selectFrom('billing.invoices')
				.select(['business_id', 'currency'])
				.select([
					sql<bigint>`sum(total_minor - paid_minor)::bigint`.as('leftMinor'),
					sql<bigint>`coalesce(sum(total_minor - paid_minor) filter (where due_on < ${today}), 0)::bigint`.as(
						'overdueMinor'
					)
				])
				.where('business_id', '=', these)
				.where('status', '=', 'open')
				.groupBy(['business_id', 'currency'])
				.orderBy('currency')
				.execute()
		]);
		return businessIds.map((businessId) => ({
			businessId,
			subscriptions: subscriptions
				.filter((row) => row.business_id === businessId)
				.map((row) => ({
					productId: row.product_id,
					status: row.status as SubscriptionStatus
				})),
			owed: owed
				.filter((row) => row.business_id === businessId)
				.map(({ currency, leftMinor, overdueMinor }) => ({ currency, leftMinor, overdueMinor }))
		}));
	}
);

export const customerFilters = ['owing', 'overdue', 'suspended', 'trial'] as const;

/** The businesses that stand so: that owe something, are overdue, have a product suspended or on trial. */
export const listCustomersThat = usecase(
	'billing.read',
	v.object({ filter: v.picklist(customerFilters), today: CivilDate }),
	async ({ db }, { filter, today }): Promise<string[]> => {
		if (filter === 'suspended' || filter === 'trial') {
			const rows = await db
				.selectFrom('billing.subscriptions')
				.select('business_id')
				.distinct()
				.where('status', '=', filter)
				.execute();
			return rows.map((row) => row.business_id);
		}
		const rows = await db
			.selectFrom('billing.invoices')
			.select('business_id')
			.distinct()
			.where('status', '=', 'open')
			.$if(filter === 'overdue', (query) => query.where('due_on', '<', today))
			.execute();
		return rows.map((row) => row.business_id);
	}
);
