import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { recountPeriods } from '../usage/index.ts';
import { readFinalUsage } from './billed-usage.ts';
import { keyOf } from './counted.ts';
import { periodOf } from './late.ts';

/** That a meter has counted otherwise since a period was billed for good: nobody bills the difference by itself. */
export interface UnbilledChange {
	subscriptionId: string;
	meter: string;
	/** Civil dates, half-open. */
	start: string;
	end: string;
	/** Exact decimals. */
	billed: string;
	now: string;
}

/**
 * Where a recount or a correction reached further back than use is looked at again, so that staff can bill it, or
 * give it back, by hand. The oldest period comes first.
 */
export const listUnbilledChanges = usecase(
	'closing.run',
	v.object({ businessId: BusinessId }),
	async (scope, { businessId }): Promise<UnbilledChange[]> => {
		const final = await readFinalUsage(scope, businessId);
		if (final.length === 0) return [];
		const counted = new Map(
			(await recountPeriods(scope, { periods: final.map(periodOf), events: false })).map((row) => [
				keyOf(row),
				row.quantity
			])
		);
		return final.flatMap((usage): UnbilledChange[] => {
			const { subscriptionId, meter, period, quantity } = usage;
			const now = counted.get(keyOf(periodOf(usage)));
			if (now === undefined || now === quantity) return [];
			return [{ subscriptionId, meter, ...period, billed: quantity, now }];
		});
	}
);
