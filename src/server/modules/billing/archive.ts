import { sql } from 'kysely';
import * as v from 'valibot';
import { isDayPlace } from '../../platform/cursor.ts';
import { NotFound } from '../../platform/errors.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, businessIn } from '../businesses/index.ts';
import { readSignatures, type Signature } from '../fiscal/index.ts';
import type { Step, TaxClass } from '../rating/index.ts';
import type { InvoiceKind, LineKind } from './draft-lines.ts';
import type { SettledBy } from './paper-words.ts';
import type { Party } from './parties.ts';
import { InvoiceNumber } from './schemas.ts';
import type { InvoiceTotals } from './totals.ts';

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
			.orderBy('number')
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
		before: v.optional(
			v.pipe(
				v.string(),
				v.check(
					(text) => isDayPlace(text, /^[A-Z]{2,5}-\d{4}-\d{4,9}$/),
					'This is not where a page left off.'
				)
			)
		)
	}),
	async (scope, { limit, before }) => {
		const [day, number] = before?.split('.') ?? [];
		const rows = await scope.db
			.selectFrom('billing.invoices')
			.select(summaryColumns)
			.where('business_id', '=', businessOf(scope))
			.$if(before !== undefined, (query) =>
				query.where(sql<boolean>`(issued_on, number) < (${day}, ${number})`)
			)
			.orderBy('issued_on', 'desc')
			.orderBy('number', 'desc')
			.limit(limit + 1)
			.execute();
		const page = rows.slice(0, limit);
		const last = page.at(-1);
		return {
			invoices: page as InvoiceSummary[],
			next: rows.length > limit && last ? `${last.issuedOn}.${last.number}` : null
		};
	}
);

export interface InvoiceLine {
	kind: LineKind;
	productId: string | null;
	meter: string | null;
	description: string;
	/** Half-open. */
	period: { start: string; end: string } | null;
	/** Exact decimals; null where there is none. */
	quantity: string | null;
	unitMinor: string | null;
	/** Before discounts; with its tax where `taxIncluded`. */
	amountMinor: bigint;
	taxClass: TaxClass;
	/** Per cent. */
	taxRate: string;
	taxIncluded: boolean;
	/** How the amount came about. */
	steps: Step[];
}

/** The invoice that a note corrects. */
export interface Original {
	number: string;
	issuedOn: string;
	/** Its number at the tax authority's control unit; null when none signed it. */
	unitNumber: string | null;
}

export interface Settlement {
	source: SettledBy;
	/** Of a payment: how it came. */
	method: string | null;
	/** What the bank calls the payment; the certificate's number, the credit note's. */
	reference: string | null;
	/** Less than nothing where it was taken back. */
	amountMinor: bigint;
	onDay: string;
}

export interface Invoice extends InvoiceSummary {
	kind: InvoiceKind;
	/** Of a debit note. */
	corrects: Original | null;
	customerReference: string | null;
	issuedAt: Date;
	/** Why it is void or given up. */
	reason: string | null;
	seller: Party;
	customer: Party;
	lines: InvoiceLine[];
	discounts: { label: string; percent: string | null; amountMinor: bigint }[];
	/** Before tax and after discounts, the tax of each class, the sums. */
	totals: InvoiceTotals;
	/** What made less to pay of it, in that order. */
	settlements: Settlement[];
	/** How it stands with the control unit; null when none was set as it was issued. */
	signature: Signature | null;
}

/**
 * One invoice or debit note of the scope's business as it was issued, and what has settled it. A system door
 * names the business.
 *
 * @throws NotFound
 */
export const readInvoice = usecase(
	'billing.read',
	v.object({ number: InvoiceNumber, businessId: v.optional(BusinessId) }),
	async (scope, { number, businessId: named }): Promise<Invoice> => {
		const { db } = scope;
		const businessId = businessIn(scope, named);
		const row = await db
			.selectFrom('billing.invoices')
			.select([...summaryColumns, 'kind', 'corrects_invoice_id', 'issued_at', 'seller', 'customer'])
			.select(['customer_reference as customerReference', 'reason'])
			.select(['subtotal_minor', 'tax_minor'])
			.where('business_id', '=', businessId)
			.where('number', '=', number)
			.executeTakeFirst();
		if (!row) throw new NotFound('This invoice');
		const { kind, corrects_invoice_id, issued_at, seller, customer, ...rest } = row;
		const { subtotal_minor, tax_minor, reason, customerReference, ...summary } = rest;
		const [lines, discounts, taxes, settlements, corrects, signatures] = await Promise.all([
			readLines(scope, businessId, row.id),
			db
				.selectFrom('billing.invoice_discounts')
				.select(['label', 'percent', 'amount_minor as amountMinor'])
				.where('business_id', '=', businessId)
				.where('invoice_id', '=', row.id)
				.orderBy('position')
				.execute(),
			db
				.selectFrom('billing.invoice_taxes')
				.select(['tax_class as taxClass', 'rate'])
				.select(['base_minor as baseMinor', 'tax_minor as taxMinor'])
				.where('business_id', '=', businessId)
				.where('invoice_id', '=', row.id)
				.orderBy('rate', 'desc')
				.orderBy('tax_class')
				.execute(),
			readSettlements(scope, businessId, row.id),
			corrects_invoice_id === null ? null : readOriginal(scope, businessId, corrects_invoice_id),
			readSignatures(scope, { documentIds: [row.id] })
		]);
		return {
			...(summary as InvoiceSummary),
			kind: kind as InvoiceKind,
			corrects,
			customerReference,
			issuedAt: issued_at,
			reason,
			seller: seller as unknown as Party,
			customer: customer as unknown as Party,
			lines,
			discounts,
			totals: {
				subtotalMinor: subtotal_minor,
				taxes: taxes as InvoiceTotals['taxes'],
				taxMinor: tax_minor,
				totalMinor: summary.totalMinor
			},
			settlements,
			signature: signatures.get(row.id) ?? null
		};
	}
);

async function readLines(
	{ db }: Scope,
	businessId: string,
	invoiceId: string
): Promise<InvoiceLine[]> {
	const rows = await db
		.selectFrom('billing.invoice_lines')
		.select(['kind', 'product_id', 'meter', 'description', 'period_start', 'period_end'])
		.select(['quantity', 'unit_minor', 'amount_minor', 'tax_class', 'tax_rate', 'tax_included'])
		.select('steps')
		.where('business_id', '=', businessId)
		.where('invoice_id', '=', invoiceId)
		.orderBy('position')
		.execute();
	return rows.map((line) => ({
		kind: line.kind as LineKind,
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
		taxClass: line.tax_class as TaxClass,
		taxRate: line.tax_rate,
		taxIncluded: line.tax_included,
		steps: (line.steps ?? []) as unknown as Step[]
	}));
}

async function readSettlements(
	{ db }: Scope,
	businessId: string,
	invoiceId: string
): Promise<Settlement[]> {
	const rows = await db
		.selectFrom('billing.settlements as s')
		.leftJoin('billing.credit_notes as n', (join) =>
			join.onRef('n.business_id', '=', 's.business_id').onRef('n.id', '=', 's.source_id')
		)
		.select(['s.source_kind', 's.method', 's.reference', 'n.number'])
		.select(['s.amount_minor as amountMinor', 's.on_day as onDay'])
		.where('s.business_id', '=', businessId)
		.where('s.invoice_id', '=', invoiceId)
		.orderBy('s.id')
		.execute();
	return rows.map(({ source_kind, method, reference, number, amountMinor, onDay }) => ({
		source: source_kind as SettledBy,
		method,
		reference: reference ?? number,
		amountMinor,
		onDay
	}));
}

/** What a note says of the invoice that it corrects. */
export async function readOriginal(
	scope: Scope,
	businessId: string,
	invoiceId: string
): Promise<Original> {
	const [row, signatures] = await Promise.all([
		scope.db
			.selectFrom('billing.invoices')
			.select(['number', 'issued_on as issuedOn'])
			.where('business_id', '=', businessId)
			.where('id', '=', invoiceId)
			.executeTakeFirstOrThrow(),
		readSignatures(scope, { documentIds: [invoiceId] })
	]);
	const signature = signatures.get(invoiceId);
	return { ...row, unitNumber: signature?.status === 'signed' ? signature.number : null };
}
