import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { boundaryAfter, civilDate, daysAfter } from '../rating/index.ts';
import { selectAgreements } from './agreements.ts';
import { usagePricesOf } from './prices.ts';

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
		const agreements = await selectAgreements(scope, { businessIds });
		// No zone is ahead of UTC by more than fourteen hours.
		const until = daysAfter(civilDate(scope.now, 'UTC'), 1);
		return agreements.flatMap(({ businessId, product, terms, status, anchorOn, period }) => {
			const term = {
				businessId,
				productId: product.id,
				includedBytes: terms.includedBytes,
				included: Object.fromEntries(
					usagePricesOf(terms).map(({ meter, included }) => [meter, included])
				)
			};
			const known: Term[] = [{ ...term, ...period }];
			if (status === 'trial') return known;
			for (let start = period.end; start <= until;) {
				const end = boundaryAfter(anchorOn, start, terms.interval);
				known.push({ ...term, start, end });
				start = end;
			}
			return known;
		});
	}
);
