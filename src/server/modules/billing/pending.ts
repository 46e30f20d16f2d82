import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';
import type { DraftLine } from './draft-lines.ts';

/** What a change charges or credits, until a document takes it; what a coupon takes off is off already. */
export interface NewPendingLine extends DraftLine {
	businessId: string;
	subscriptionId: string;
	productId: string;
	currency: string;
	/** Billed now, or else when the period of its subscription ends. */
	atOnce: boolean;
	/** By seconds: the moment from which it was reckoned. */
	beginsAt?: Date;
}

export async function writePending(
	{ db, now }: Scope,
	lines: readonly NewPendingLine[]
): Promise<void> {
	if (lines.length === 0) return;
	await db
		.insertInto('billing.pending_lines')
		.values(
			lines.map((line, index) => ({
				business_id: line.businessId,
				// They are billed in the order of their ids: what is given back, then what is charged.
				id: newId('pen', new Date(now.getTime() + index)),
				subscription_id: line.subscriptionId,
				product_id: line.productId,
				kind: line.kind,
				price_slug: line.priceSlug ?? null,
				description: line.description,
				period_start: line.period?.start ?? null,
				period_end: line.period?.end ?? null,
				begins_at: line.beginsAt ?? null,
				quantity: line.quantity,
				unit_minor: line.unitMinor,
				exact_amount: line.exactAmount,
				amount_minor: line.amountMinor,
				currency: line.currency,
				tax_class: line.taxClass,
				tax_included: line.taxIncluded,
				credits_invoice_id: line.credits?.invoiceId ?? null,
				credits_position: line.credits?.position ?? null,
				at_once: line.atOnce,
				made_at: now
			}))
		)
		.execute();
}
