import { sql } from 'kysely';
import { authorize, type Scope } from '../../platform/scope.ts';

/** A billed line for use of which something can still be given back. */
export interface BilledUsageLine {
	businessId: string;
	subscriptionId: string;
	priceSlug: string;
	period: { start: string; end: string };
	invoiceId: string;
	position: number;
	/** As asked for, and what discounts took off it; minor units. */
	amountMinor: bigint;
	discountMinor: bigint;
	/** What was not given back yet of what was really billed. */
	leftMinor: bigint;
}

/** What was billed for use by these subscriptions and can still be given back, the newest first. */
export async function listBilledUsage(
	scope: Scope,
	of: readonly { businessId: string; subscriptionId: string }[]
): Promise<BilledUsageLine[]> {
	authorize(scope, 'billing.manage');
	if (of.length === 0) return [];
	const rows = await scope.db
		.selectFrom('billing.invoice_lines as line')
		.innerJoin('billing.invoices as invoice', (join) =>
			join
				.onRef('invoice.business_id', '=', 'line.business_id')
				.onRef('invoice.id', '=', 'line.invoice_id')
		)
		.select(['line.business_id', 'line.subscription_id', 'line.price_slug', 'line.invoice_id'])
		.select(['line.position', 'line.period_start', 'line.period_end', 'line.amount_minor'])
		.select(['line.discount_minor', 'line.credited_minor'])
		.where(
			'line.business_id',
			'=',
			sql<string>`any(${[...new Set(of.map(({ businessId }) => businessId))]})`
		)
		.where(
			'line.subscription_id',
			'=',
			sql<string>`any(${of.map(({ subscriptionId }) => subscriptionId)})`
		)
		.where('line.kind', 'in', ['usage', 'late_usage'])
		.where('invoice.status', '<>', 'void')
		.where(sql<boolean>`line.amount_minor - line.discount_minor > line.credited_minor`)
		.orderBy('invoice.issued_on', 'desc')
		.orderBy('line.invoice_id', 'desc')
		.orderBy('line.position')
		.execute();
	return rows.flatMap((row) =>
		row.subscription_id && row.price_slug && row.period_start && row.period_end
			? {
					businessId: row.business_id,
					subscriptionId: row.subscription_id,
					priceSlug: row.price_slug,
					period: { start: row.period_start, end: row.period_end },
					invoiceId: row.invoice_id,
					position: row.position,
					amountMinor: row.amount_minor,
					discountMinor: row.discount_minor,
					leftMinor: row.amount_minor - row.discount_minor - row.credited_minor
				}
			: []
	);
}
