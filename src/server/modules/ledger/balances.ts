import * as v from 'valibot';
import { CivilDate } from '../../platform/schemas.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import type { Account } from './accounts.ts';

export interface Balance {
	businessId: string;
	account: Account;
	currency: string;
	/** Minor units; a debit is more than nothing, a credit less. */
	amountMinor: bigint;
}

/**
 * What stands on each account at the end of a day (by default: with all that is posted), by business and
 * currency. A door that is confined to a business sees its own; others see the one they name, or all.
 */
export const readBalances = usecase(
	'ledger.read',
	v.object({ businessId: v.optional(BusinessId), on: v.optional(CivilDate) }),
	async (scope, { businessId, on }): Promise<Balance[]> => {
		const business = confinedTo(scope) ?? businessId;
		const rows = await scope.db
			.selectFrom('ledger.entries as e')
			.innerJoin('ledger.postings as p', (join) =>
				join.onRef('p.business_id', '=', 'e.business_id').onRef('p.entry_id', '=', 'e.id')
			)
			.select((eb) => [
				'e.business_id as businessId',
				'p.account',
				'e.currency',
				eb.cast<bigint>(eb.fn.sum('p.amount_minor'), 'bigint').as('amountMinor')
			])
			.$if(business !== undefined, (query) => query.where('e.business_id', '=', business ?? ''))
			.$if(on !== undefined, (query) => query.where('e.on_day', '<=', on ?? ''))
			.groupBy(['e.business_id', 'p.account', 'e.currency'])
			.orderBy('e.business_id')
			.orderBy('e.currency')
			.orderBy('p.account')
			.execute();
		return rows as Balance[];
	}
);

/** The business that a door is confined to; undefined for those that see all. */
export function confinedTo({ actor }: Scope): string | undefined {
	return actor.kind === 'member' || actor.kind === 'product' ? actor.businessId : undefined;
}
