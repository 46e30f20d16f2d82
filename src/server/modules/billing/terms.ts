import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { listIncludedData } from '../catalogue/index.ts';
import { boundaryAfter, civilDate, daysAfter } from '../rating/index.ts';

/** What a subscription includes, and a period of it. */
export interface Term {
	businessId: string;
	productId: string;
	/** Civil dates of the business, half-open. */
	start: string;
	end: string;
	/** What its plan includes of data; null where the plan says nothing of it. */
	includedBytes: bigint | null;
	/** What is included by the meter's slug: exact decimals. */
	included: Record<string, string>;
}

/**
 * The periods of the running subscriptions of these businesses, from the one that was billed last up to
 * the one that holds this moment in every zone: a period is known by its dates before it is renewed.
 */
export const listTerms = usecase(
	'subscription.read',
	v.object({ businessIds: v.array(v.string()) }),
	async (scope, { businessIds }): Promise<Term[]> => {
		if (businessIds.length === 0) return [];
		const [subscriptions, versions, prices] = await Promise.all([
			scope.db
				.selectFrom('billing.subscriptions')
				.select(['id', 'business_id', 'product_id', 'plan_id', 'plan_version', 'status'])
				.select(['anchor_on', 'period_start', 'period_end'])
				.where('business_id', '=', sql<string>`any(${businessIds})`)
				.where('status', '<>', 'ended')
				.orderBy('id')
				.execute(),
			listIncludedData(scope, {}),
			scope.db
				.selectFrom('billing.subscription_prices')
				.select(['subscription_id', 'meter', 'included'])
				.where('business_id', '=', sql<string>`any(${businessIds})`)
				.execute()
		]);
		// No zone is ahead of UTC by more than fourteen hours.
		const until = daysAfter(civilDate(scope.now, 'UTC'), 1);
		return subscriptions.flatMap((row) => {
			const term = {
				businessId: row.business_id,
				productId: row.product_id,
				includedBytes:
					versions.find(
						({ planId, version }) => planId === row.plan_id && version === row.plan_version
					)?.includedBytes ?? null,
				included: Object.fromEntries(
					prices
						.filter(({ subscription_id }) => subscription_id === row.id)
						.map(({ meter, included }) => [meter, included])
				)
			};
			const terms: Term[] = [{ ...term, start: row.period_start, end: row.period_end }];
			if (row.status === 'trial') return terms;
			for (let start = row.period_end; start <= until;) {
				const end = boundaryAfter(row.anchor_on, start);
				terms.push({ ...term, start, end });
				start = end;
			}
			return terms;
		});
	}
);
