import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import type { Step } from '../rating/index.ts';
import type { LineKind } from './draft-lines.ts';
import { InvoiceNumber } from './schemas.ts';

/** A line of an issued invoice with all that was kept of how it came about. */
export interface BilledLine {
	invoice: { number: string; currency: string; issuedOn: string };
	/** From 1, in the order printed. */
	position: number;
	kind: LineKind;
	description: string;
	productId: string | null;
	subscriptionId: string | null;
	priceSlug: string | null;
	/** The meter's slug. */
	meter: string | null;
	/** Half-open. */
	period: { start: string; end: string } | null;
	/** Exact decimals: what was charged for, and minor units of one; null where there is none. */
	quantity: string | null;
	unitMinor: string | null;
	/** Major units, before the rounding. */
	exactAmount: string;
	/** Before discounts, and what was taken off. */
	amountMinor: bigint;
	discountMinor: bigint;
	taxIncluded: boolean;
	/** Empty where quantity and unit say it all. */
	steps: Step[];
}

/** One line of an invoice of the scope's business. @throws NotFound */
export const readInvoiceLine = usecase(
	'billing.read',
	v.object({
		number: InvoiceNumber,
		position: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))
	}),
	async (scope, { number, position }): Promise<BilledLine> => {
		const row = await scope.db
			.selectFrom('billing.invoice_lines as l')
			.innerJoin('billing.invoices as i', (join) =>
				join.onRef('i.business_id', '=', 'l.business_id').onRef('i.id', '=', 'l.invoice_id')
			)
			.select(['i.number', 'i.currency', 'i.issued_on'])
			.select(['l.kind', 'l.description', 'l.product_id', 'l.subscription_id', 'l.price_slug'])
			.select(['l.meter', 'l.period_start', 'l.period_end', 'l.quantity', 'l.unit_minor'])
			.select(['l.exact_amount', 'l.amount_minor', 'l.discount_minor', 'l.tax_included', 'l.steps'])
			.where('l.business_id', '=', businessOf(scope))
			.where('i.number', '=', number)
			.where('l.position', '=', position)
			.executeTakeFirst();
		if (!row) throw new NotFound('This line');
		return {
			invoice: { number: row.number, currency: row.currency, issuedOn: row.issued_on },
			position,
			kind: row.kind as LineKind,
			description: row.description,
			productId: row.product_id,
			subscriptionId: row.subscription_id,
			priceSlug: row.price_slug,
			meter: row.meter,
			period:
				row.period_start && row.period_end
					? { start: row.period_start, end: row.period_end }
					: null,
			quantity: row.quantity,
			unitMinor: row.unit_minor,
			exactAmount: row.exact_amount,
			amountMinor: row.amount_minor,
			discountMinor: row.discount_minor,
			taxIncluded: row.tax_included,
			steps: (row.steps as unknown as Step[] | null) ?? []
		};
	}
);
