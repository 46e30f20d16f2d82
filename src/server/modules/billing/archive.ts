import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, businessIn } from '../businesses/index.ts';
import { addUp, type Totals } from '../rating/index.ts';
import type { Party } from './parties.ts';
import { InvoiceNumber } from './schemas.ts';

export type InvoiceStatus = 'open' | 'paid' | 'void' | 'uncollectible';

export interface InvoiceSummary {
	id: string;
	number: string;
	status: InvoiceStatus;
	issuedOn: string;
	dueOn: string;
	currency: string;
	/** Minor units, tax included. */
	totalMinor: bigint;
	paidMinor: bigint;
	/** When the last of it was received. */
	paidOn: string | null;
}

const summaryColumns = [
	'id',
	'number',
	'status',
	'issued_on as issuedOn',
	'due_on as dueOn',
	'currency',
	'total_minor as totalMinor',
	'paid_minor as paidMinor',
	'paid_on as paidOn'
] as const;

/** The open invoices of the scope's business, those due first at the top. */
export const listOpenInvoices = usecase(
	'billing.read',
	v.object({}),
	async (scope): Promise<InvoiceSummary[]> => {
		const rows = await scope.db
			.selectFrom('billing.invoices')
			.select(summaryColumns)
			.where('business_id', '=', businessOf(scope))
			.where('status', '=', 'open')
			.orderBy('due_on')
			.orderBy('sequence')
			.execute();
		return rows as InvoiceSummary[];
	}
);

/** The invoices of the scope's business, newest first. `next` continues behind the last, null at the end. */
export const listInvoices = usecase(
	'billing.read',
	v.object({
		limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 24),
		/** `next` of the page before. */
		before: v.optional(v.pipe(v.number(), v.integer()))
	}),
	async (scope, { limit, before }) => {
		const rows = await scope.db
			.selectFrom('billing.invoices')
			.select([...summaryColumns, 'sequence'])
			.where('business_id', '=', businessOf(scope))
			.$if(before !== undefined, (query) => query.where('sequence', '<', before ?? 0))
			.orderBy('sequence', 'desc')
			.limit(limit + 1)
			.execute();
		const page = rows.slice(0, limit);
		return {
			invoices: page as InvoiceSummary[],
			next: rows.length > limit ? (page.at(-1)?.sequence ?? null) : null
		};
	}
);

export interface InvoiceLine {
	productId: string | null;
	meter: string | null;
	description: string;
	/** Half-open. */
	period: { start: string; end: string } | null;
	/** Exact decimals; null where there is none. */
	quantity: string | null;
	unitMinor: string | null;
	amountMinor: bigint;
	taxRate: string;
}

export interface Invoice extends InvoiceSummary {
	issuedAt: Date;
	seller: Party;
	customer: Party;
	lines: InvoiceLine[];
	/** Before tax, each rate's tax, the sums. */
	totals: Totals;
	payments: { amountMinor: bigint; method: string; reference: string; receivedOn: string }[];
}

/** One invoice of the scope's business as it was issued, and what was paid. A system door names the business. @throws NotFound */
export const readInvoice = usecase(
	'billing.read',
	v.object({ number: InvoiceNumber, businessId: v.optional(BusinessId) }),
	async (scope, { number, businessId: named }): Promise<Invoice> => {
		const { db } = scope;
		const businessId = businessIn(scope, named);
		const row = await db
			.selectFrom('billing.invoices')
			.select([...summaryColumns, 'issued_at', 'seller', 'customer'])
			.where('business_id', '=', businessId)
			.where('number', '=', number)
			.executeTakeFirst();
		if (!row) throw new NotFound('This invoice');
		const [lines, payments] = await Promise.all([
			db
				.selectFrom('billing.invoice_lines')
				.select([
					'product_id',
					'meter',
					'description',
					'period_start',
					'period_end',
					'quantity',
					'unit_minor',
					'amount_minor',
					'tax_rate'
				])
				.where('business_id', '=', businessId)
				.where('invoice_id', '=', row.id)
				.orderBy('position')
				.execute(),
			db
				.selectFrom('billing.payments')
				.select(['amount_minor as amountMinor', 'method', 'reference', 'received_on as receivedOn'])
				.where('business_id', '=', businessId)
				.where('invoice_id', '=', row.id)
				.orderBy('recorded_at')
				.orderBy('id')
				.execute()
		]);
		const { issued_at, seller, customer, ...summary } = row;
		const read = lines.map((line) => ({
			productId: line.product_id,
			meter: line.meter,
			description: line.description,
			period:
				line.period_start && line.period_end
					? { start: line.period_start, end: line.period_end }
					: null,
			quantity: line.quantity,
			unitMinor: line.unit_minor,
			amountMinor: line.amount_minor,
			taxRate: line.tax_rate
		}));
		return {
			...(summary as InvoiceSummary),
			issuedAt: issued_at,
			seller: seller as unknown as Party,
			customer: customer as unknown as Party,
			lines: read,
			totals: addUp(read),
			payments
		};
	}
);
