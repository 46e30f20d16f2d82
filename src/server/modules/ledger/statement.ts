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
	/** What they owed before the first of these entries: the opening balance, on the first page of many. */
	carriedMinor: bigint;
	/** In the order of their days: all of them, or those of the page that was asked for. */
	entries: StatementEntry[];
	/** How many there are on all pages. */
	count: number;
	closingMinor: bigint;
}

const ReadStatements = v.pipe(
	v.object({
		from: CivilDate,
		to: CivilDate,
		/** Entries `size × (page − 1)` to `size × page` of each statement; all when it is not said. */
		paged: v.optional(
			v.object({
				page: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
				size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))
			})
		)
	}),
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
	async (scope, { from, to, paged }): Promise<Statement[]> => {
		const moves = scope.db
			.selectFrom('ledger.entries as e')
			.innerJoin('ledger.postings as p', (join) =>
				join.onRef('p.business_id', '=', 'e.business_id').onRef('p.entry_id', '=', 'e.id')
			)
			.where('e.business_id', '=', businessOf(scope))
			.where('p.account', 'in', ['receivable', 'credit']);
		const listed = moves
			.select(['e.id', 'e.on_day', 'e.kind', 'e.document_kind', 'e.document_id', 'e.reference'])
			.select(['e.currency', sql<bigint>`sum(p.amount_minor)::bigint`.as('amountMinor')])
			// What has come together up to this entry, and its place among those of its currency.
			.select(sql<bigint>`(sum(sum(p.amount_minor)) over ordered)::bigint`.as('runningMinor'))
			.select(sql<number>`(row_number() over ordered)::integer`.as('place'))
			.where('e.on_day', '>=', from)
			.where('e.on_day', '<=', to)
			.groupBy(['e.business_id', 'e.id'])
			.having(sql<boolean>`sum(p.amount_minor) <> 0`)
			.modifyEnd(sql`window ordered as (partition by e.currency order by e.on_day, e.id)`);
		const before = paged ? paged.size * (paged.page - 1) : 0;
		const [totals, counts, rows] = await Promise.all([
			moves
				.select('e.currency')
				.select(
					sql<bigint>`coalesce(sum(p.amount_minor) filter (where e.on_day < ${from}), 0)::bigint`.as(
						'openingMinor'
					)
				)
				.select(sql<bigint>`sum(p.amount_minor)::bigint`.as('closingMinor'))
				.where('e.on_day', '<=', to)
				.groupBy('e.currency')
				.orderBy('e.currency')
				.execute(),
			scope.db
				.selectFrom(listed.as('listed'))
				.select(['currency', sql<number>`count(*)::integer`.as('count')])
				.groupBy('currency')
				.execute(),
			scope.db
				.selectFrom(listed.as('listed'))
				.select(['id', 'on_day', 'kind', 'document_kind', 'document_id', 'reference'])
				.select(['currency', 'amountMinor', 'runningMinor'])
				.$if(paged !== undefined, (query) =>
					query.where('place', '>', before).where('place', '<=', before + (paged?.size ?? 0))
				)
				.orderBy('currency')
				.orderBy('place')
				.execute()
		]);
		return totals.map(({ currency, openingMinor, closingMinor }) => {
			const own = rows.filter((row) => row.currency === currency);
			const [first] = own;
			const count = counts.find((row) => row.currency === currency)?.count ?? 0;
			return {
				currency,
				openingMinor,
				carriedMinor: first
					? openingMinor + first.runningMinor - first.amountMinor
					: before === 0
						? openingMinor
						: closingMinor,
				entries: own.map((row) => ({
					id: row.id,
					onDay: row.on_day,
					kind: row.kind as EntryKind,
					document: {
						kind: row.document_kind as DocumentKind,
						id: row.document_id,
						reference: row.reference
					},
					amountMinor: row.amountMinor,
					balanceMinor: openingMinor + row.runningMinor
				})),
				count,
				closingMinor
			};
		});
	}
);
