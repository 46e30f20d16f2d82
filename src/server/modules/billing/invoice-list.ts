import { sql } from 'kysely';
import * as v from 'valibot';
import { isDayPlace } from '../../platform/cursor.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import type { InvoiceSummary } from './archive.ts';
import type { InvoiceKind } from './draft-lines.ts';
import type { SettledBy } from './paper-words.ts';
import { CivilDate, InvoiceNumber } from './schemas.ts';

/** `overdue` is open and past its due date, `due` is open and not; `part_paid` is either, with something paid. */
export const invoiceStandings = [
	'due',
	'overdue',
	'part_paid',
	'paid',
	'void',
	'uncollectible'
] as const;

/** By the day of issue, by what is asked for, or by the day that it is due. */
export const invoiceOrders = ['issued', 'amount', 'due'] as const;

/** The value sorted by and the number: `2026-11-30.INV-2026-0387`, `4649240.INV-2026-0387`. */
export function isInvoicePlace(text: string): boolean {
	return (
		isDayPlace(text, /^[A-Z]{2,5}-\d{4}-\d{4,9}$/) ||
		/^\d{1,18}\.[A-Z]{2,5}-\d{4}-\d{4,9}$/.test(text)
	);
}
const Place = v.pipe(v.string(), v.check(isInvoicePlace, 'This is not where a page left off.'));

const Minor = v.pipe(v.bigint(), v.minValue(0n));

const selection = {
	standing: v.optional(v.picklist(invoiceStandings)),
	/** On any of its lines. */
	productId: v.optional(v.string()),
	/** Issued on these days, both included. */
	from: v.optional(CivilDate),
	to: v.optional(CivilDate),
	/** Totals between these, both included, in minor units of the invoice's own currency. */
	least: v.optional(Minor),
	most: v.optional(Minor),
	/** Any part of its number or of the customer's reference. */
	search: v.optional(InvoiceNumber),
	/** The civil date that overdue is reckoned from. */
	today: CivilDate
};

const Selection = v.object(selection);
type Selection = v.InferOutput<typeof Selection>;

const Page = v.object({
	...selection,
	order: v.optional(v.picklist(invoiceOrders), 'issued'),
	direction: v.optional(v.picklist(['ascending', 'descending']), 'descending'),
	limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 24),
	/** `next` of the page before, under the same order. */
	after: v.optional(Place)
});

const sortedBy = { issued: 'issued_on', amount: 'total_minor', due: 'due_on' } as const;

export interface ListedInvoice extends InvoiceSummary {
	kind: InvoiceKind;
	customerReference: string | null;
	discountMinor: bigint;
	/** Before tax, after discounts. */
	subtotalMinor: bigint;
	taxMinor: bigint;
	/** What settled it, by where it came from; what there is none of is left out. */
	settled: Partial<Record<SettledBy, bigint>>;
}

/** Invoices of the scope's business that fit. `next` continues behind the last, null at the end. */
export const selectInvoices = usecase('billing.read', Page, async (scope, input) => {
	const { order, direction, limit, after } = input;
	const column = sortedBy[order];
	const way = direction === 'ascending' ? 'asc' : 'desc';
	const behind = sql.raw(direction === 'ascending' ? '>' : '<');
	const [value, number] = after?.split('.') ?? [];
	const rows = await fitting(scope, input)
		.select(['id', 'number', 'status', 'issued_on as issuedOn', 'due_on as dueOn', 'currency'])
		.select(['total_minor as totalMinor', 'paid_minor as paidMinor', 'paid_on as paidOn'])
		.select(['kind', 'customer_reference as customerReference', 'discount_minor as discountMinor'])
		.select(['subtotal_minor as subtotalMinor', 'tax_minor as taxMinor'])
		.$if(value !== undefined && fits(order, value), (query) =>
			query.where(sql<boolean>`(${sql.ref(column)}, number) ${behind} (${value}, ${number})`)
		)
		.orderBy(column, way)
		.orderBy('number', way)
		.limit(limit + 1)
		.execute();
	const page = rows.slice(0, limit);
	const last = page.at(-1);
	const reached = last && { issued: last.issuedOn, amount: last.totalMinor, due: last.dueOn };
	return {
		invoices: await withSettled(scope, page),
		next: rows.length > limit && last && reached ? `${reached[order]}.${last.number}` : null
	};
});

/** Adds what settled each of them. */
async function withSettled<T extends { id: string; paidMinor: bigint }>(
	scope: Scope,
	invoices: readonly T[]
): Promise<ListedInvoice[]> {
	const ids = invoices.flatMap(({ id, paidMinor }) => (paidMinor === 0n ? [] : id));
	const rows =
		ids.length === 0
			? []
			: await scope.db
					.selectFrom('billing.settlements')
					.select(['invoice_id', 'source_kind'])
					.select(sql<bigint>`sum(amount_minor)::bigint`.as('amount'))
					.where('business_id', '=', businessOf(scope))
					.where('invoice_id', '=', sql<string>`any(${ids})`)
					.groupBy(['invoice_id', 'source_kind'])
					.execute();
	return invoices.map((invoice) => ({
		...invoice,
		settled: Object.fromEntries(
			rows
				.filter(({ invoice_id }) => invoice_id === invoice.id)
				.map(({ source_kind, amount }) => [source_kind, amount])
		)
	})) as unknown as ListedInvoice[];
}

/** What comes together of all that fit, a row for each currency. */
export const addUpInvoices = usecase('billing.read', Selection, async (scope, input) => {
	const rows = await fitting(scope, input)
		.select(({ fn, val }) => [
			'currency',
			fn.countAll<bigint>().as('count'),
			sql<string>`sum(total_minor)`.as('total'),
			sql<string>`coalesce(sum(total_minor - paid_minor) filter (where status = ${val('open')}), 0)`.as(
				'left'
			)
		])
		.groupBy('currency')
		.orderBy('currency')
		.execute();
	return rows.map(({ currency, count, total, left }) => ({
		currency,
		count: Number(count),
		totalMinor: BigInt(total),
		leftMinor: BigInt(left)
	}));
});

/** A place of another order begins the list anew, as one that never was does. */
function fits(order: (typeof invoiceOrders)[number], value: string): boolean {
	return (order === 'amount') !== value.includes('-');
}

function fitting(scope: Scope, input: Selection) {
	const { standing, productId, from, to, least, most, search, today } = input;
	return scope.db
		.selectFrom('billing.invoices')
		.where('billing.invoices.business_id', '=', businessOf(scope))
		.$if(standing === 'overdue', (query) =>
			query.where('status', '=', 'open').where('due_on', '<', today)
		)
		.$if(standing === 'due', (query) =>
			query.where('status', '=', 'open').where('due_on', '>=', today)
		)
		.$if(standing === 'part_paid', (query) =>
			query.where('status', '=', 'open').where('paid_minor', '>', 0n)
		)
		.$if(standing !== undefined && !['overdue', 'due', 'part_paid'].includes(standing), (query) =>
			query.where('status', '=', standing ?? '')
		)
		.$if(from !== undefined, (query) => query.where('issued_on', '>=', from ?? ''))
		.$if(to !== undefined, (query) => query.where('issued_on', '<=', to ?? ''))
		.$if(least !== undefined, (query) => query.where('total_minor', '>=', least ?? 0n))
		.$if(most !== undefined, (query) => query.where('total_minor', '<=', most ?? 0n))
		.$if(search !== undefined, (query) =>
			query.where(
				sql<boolean>`strpos(lower(concat_ws(' ', number, customer_reference)), lower(${search ?? ''})) > 0`
			)
		)
		.$if(productId !== undefined, (query) =>
			query.where(({ exists, selectFrom }) =>
				exists(
					selectFrom('billing.invoice_lines as line')
						.select('line.position')
						.whereRef('line.business_id', '=', 'billing.invoices.business_id')
						.whereRef('line.invoice_id', '=', 'billing.invoices.id')
						.where('line.product_id', '=', productId ?? '')
				)
			)
		);
}
