import { sql } from 'kysely';
import * as v from 'valibot';
import { CivilDate } from '../../platform/schemas.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import type { DocumentKind, EntryKind } from './accounts.ts';

export interface StatementEntry {
	id: string;
	onDay: string;
	kind: EntryKind;
	document: { kind: DocumentKind; id: string; reference: string };
	/** What it changes: more than nothing when the customer owes more. */
	amountMinor: bigint;
	/** What the customer owes after it; less than nothing when they have money to use. */
	balanceMinor: bigint;
}

/** A statement of account in one currency. */
export interface Statement {
	currency: string;
	/** What the customer owed when the first day began. */
	openingMinor: bigint;
	/** In the order of their days. */
	entries: StatementEntry[];
	closingMinor: bigint;
}

const ReadStatements = v.pipe(
	v.object({ from: CivilDate, to: CivilDate }),
	v.forward(
		v.check(({ from, to }) => from <= to, 'The last day is not before the first.'),
		['to']
	)
);

/**
 * What the scope's business owes and has to use, from day to day (both included): a statement for each
 * currency that it was ever charged or paid in. What changes neither, such as credit that is used, is left out.
 */
export const readStatements = usecase(
	'ledger.read',
	ReadStatements,
	async (scope, { from, to }): Promise<Statement[]> => {
		const moves = scope.db
			.selectFrom('ledger.entries as e')
			.innerJoin('ledger.postings as p', (join) =>
				join.onRef('p.business_id', '=', 'e.business_id').onRef('p.entry_id', '=', 'e.id')
			)
			.where('e.business_id', '=', businessOf(scope))
			.where('p.account', 'in', ['receivable', 'credit']);
		const [openings, rows] = await Promise.all([
			moves
				.select('e.currency')
				.select(
					sql<bigint>`coalesce(sum(p.amount_minor) filter (where e.on_day < ${from}), 0)::bigint`.as(
						'openingMinor'
					)
				)
				.where('e.on_day', '<=', to)
				.groupBy('e.currency')
				.orderBy('e.currency')
				.execute(),
			moves
				.select(['e.id', 'e.on_day', 'e.kind', 'e.document_kind', 'e.document_id', 'e.reference'])
				.select(['e.currency', sql<bigint>`sum(p.amount_minor)::bigint`.as('amountMinor')])
				.where('e.on_day', '>=', from)
				.where('e.on_day', '<=', to)
				.groupBy(['e.business_id', 'e.id'])
				.having(sql<boolean>`sum(p.amount_minor) <> 0`)
				.orderBy('e.on_day')
				.orderBy('e.id')
				.execute()
		]);
		return openings.map(({ currency, openingMinor }) => {
			let balanceMinor = openingMinor;
			const entries = rows
				.filter((row) => row.currency === currency)
				.map((row) => {
					balanceMinor += row.amountMinor;
					return {
						id: row.id,
						onDay: row.on_day,
						kind: row.kind as EntryKind,
						document: {
							kind: row.document_kind as DocumentKind,
							id: row.document_id,
							reference: row.reference
						},
						amountMinor: row.amountMinor,
						balanceMinor
					};
				});
			return { currency, openingMinor, entries, closingMinor: balanceMinor };
		});
	}
);
