import { sql } from 'kysely';
import * as v from 'valibot';
import { CivilDate } from '../../platform/schemas.ts';
import { confinedTo, type Scope } from '../../platform/scope.ts';
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

/**
 * What businesses have to their credit, in each currency in which it is more than nothing. Until the transaction
 * ends nobody else who asks this way uses it: credit is never used twice.
 */
export const holdCredit = usecase(
	'ledger.post',
	v.object({ businessIds: v.array(BusinessId) }),
	async (scope, { businessIds }): Promise<Omit<Balance, 'account'>[]> => {
		const { db } = scope;
		const some = (await readCredit(scope, businessIds)).map(({ businessId }) => businessId);
		if (some.length === 0) return [];
		await sql`select pg_advisory_xact_lock(hashtextextended('ledger.credit ' || id, 0))
			from unnest(${[...new Set(some)].sort()}::text[]) with ordinality as held (id, place)
			order by place`.execute(db);
		return readCredit(scope, some);
	}
);

async function readCredit({ db }: Scope, businessIds: readonly string[]) {
	const rows = await db
		.selectFrom('ledger.postings as p')
		.innerJoin('ledger.entries as e', (join) =>
			join.onRef('e.business_id', '=', 'p.business_id').onRef('e.id', '=', 'p.entry_id')
		)
		.select(['p.business_id as businessId', 'e.currency'])
		.select(sql<bigint>`(-sum(p.amount_minor))::bigint`.as('amountMinor'))
		.where('p.business_id', '=', sql<string>`any(${businessIds})`)
		.where('p.account', '=', 'credit')
		.groupBy(['p.business_id', 'e.currency'])
		.having(sql<boolean>`sum(p.amount_minor) < 0`)
		.orderBy('p.business_id')
		.orderBy('e.currency')
		.execute();
	return rows;
}
