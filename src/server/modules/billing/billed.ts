import type { Scope } from '../../platform/scope.ts';
import type { Period, TaxClass } from '../rating/index.ts';
import type { Agreement } from './agreements.ts';
import type { DraftDiscount } from './draft-lines.ts';

/** A line that was billed for time that is still to come. */
export interface BilledLine {
	invoiceId: string;
	position: number;
	priceSlug: string | null;
	description: string;
	period: Period;
	/** By seconds: when within its first day it began. */
	begunAt: Date | undefined;
	/** Minor units: what was really asked, discounts taken off, and what of it was given back. */
	amountMinor: bigint;
	creditedMinor: bigint;
	currency: string;
	taxClass: TaxClass;
	taxIncluded: boolean;
}

export interface Billed {
	lines: BilledLine[];
	/** What was taken off the invoices that they are on, for this subscription. */
	discounts: DraftDiscount[];
}

/** What a subscription was billed in advance beyond a day, the earliest first. */
export async function selectBilled(
	{ db }: Scope,
	{ businessId, id, product, startedOn }: Agreement,
	day: string
): Promise<Billed> {
	const rows = await db
		.selectFrom('billing.invoice_lines as l')
		.innerJoin('billing.invoices as i', (join) =>
			join.onRef('i.business_id', '=', 'l.business_id').onRef('i.id', '=', 'l.invoice_id')
		)
		.leftJoin('billing.pending_lines as p', (join) =>
			join
				.onRef('p.business_id', '=', 'l.business_id')
				.onRef('p.document_id', '=', 'l.invoice_id')
				.onRef('p.subscription_id', '=', 'l.subscription_id')
				.onRef('p.price_slug', '=', 'l.price_slug')
				.onRef('p.amount_minor', '=', 'l.amount_minor')
				.onRef('p.period_start', '=', 'l.period_start')
				.onRef('p.period_end', '=', 'l.period_end')
				.on('p.begins_at', 'is not', null)
		)
		.select(['l.invoice_id', 'l.position', 'l.price_slug', 'l.description', 'l.period_start'])
		.select(['l.period_end', 'l.amount_minor', 'l.discount_minor', 'l.credited_minor'])
		.select(['l.tax_class', 'l.tax_included', 'i.currency', 'p.begins_at'])
		.where('l.business_id', '=', businessId)
		.where((row) =>
			row.or([
				row('l.subscription_id', '=', id),
				// Invoices that named none yet, and those that somebody wrote by hand.
				row.and([
					row('l.subscription_id', 'is', null),
					row('l.product_id', '=', product.id),
					row('l.kind', '=', 'plan')
				])
			])
		)
		.where('l.kind', 'in', ['plan', 'seat', 'charge'])
		.where('l.period_end', '>', day)
		.where('l.period_start', '>=', startedOn)
		.where('i.status', 'in', ['open', 'paid'])
		.orderBy('i.issued_on')
		.orderBy('l.invoice_id')
		.orderBy('l.position')
		.execute();
	const lines = rows.flatMap((row) =>
		row.period_start === null || row.period_end === null
			? []
			: {
					invoiceId: row.invoice_id,
					position: row.position,
					priceSlug: row.price_slug,
					description: row.description,
					period: { start: row.period_start, end: row.period_end },
					begunAt: row.begins_at ?? undefined,
					amountMinor: row.amount_minor - row.discount_minor,
					creditedMinor: row.credited_minor,
					currency: row.currency,
					taxClass: row.tax_class as TaxClass,
					taxIncluded: row.tax_included
				}
	);
	return {
		lines: lines.filter(({ amountMinor, creditedMinor }) => amountMinor > creditedMinor),
		discounts: await selectDiscounts(db, businessId, id, lines)
	};
}

async function selectDiscounts(
	db: Scope['db'],
	businessId: string,
	subscriptionId: string,
	lines: readonly BilledLine[]
): Promise<DraftDiscount[]> {
	// What a change charged has its discounts off already; the invoice of the period says which they were.
	const [first] = lines;
	if (!first) return [];
	const rows = await db
		.selectFrom('billing.invoice_discounts')
		.select(['label', 'percent', 'amount_minor'])
		.where('business_id', '=', businessId)
		.where('invoice_id', '=', first.invoiceId)
		.where('subscription_id', '=', subscriptionId)
		.orderBy('position')
		.execute();
	return rows.map(({ label, percent, amount_minor }) => ({
		label,
		...(percent === null ? { amountMinor: amount_minor } : { percent })
	}));
}
