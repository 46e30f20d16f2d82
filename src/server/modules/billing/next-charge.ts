import type { Scope } from '../../platform/scope.ts';
import { boundaryAfter, type Period } from '../rating/index.ts';
import type { Agreement } from './agreements.ts';
import type { DraftDiscount, DraftLine } from './draft-lines.ts';
import { fixedLines } from './fixed-prices.ts';
import { reckonDraft, type InvoiceTotals } from './totals.ts';

/** What the next period asks as such; what is used comes to it. */
export interface NextCharge {
	/** The day of its invoice. */
	on: string;
	period: Period;
	lines: DraftLine[];
	totals: InvoiceTotals;
	currency: string;
	/** What is taken off, by name. */
	discounts: string[];
	/** Whether use is asked for besides. */
	plusUsage: boolean;
}

/** Null where none follows. */
export async function readNextCharge(
	scope: Scope,
	agreement: Agreement
): Promise<NextCharge | null> {
	const { status, terms, anchorOn, period, cancelsOn, pausedOn } = agreement;
	if (status !== 'active' && status !== 'past_due') return null;
	if (cancelsOn !== null || pausedOn !== null) return null;
	const isBegun = agreement.advanceBilledUntil > period.start;
	const start = terms.inAdvance && isBegun ? period.end : period.start;
	const end = boundaryAfter(anchorOn, start, terms.interval);
	const next = { start, end };
	const lines = fixedLines(agreement, next);
	const discounts = await readCoupons(scope, agreement);
	const totals = reckonDraft({ lines, discounts });
	return {
		on: terms.inAdvance ? start : end,
		period: next,
		lines,
		totals,
		currency: terms.currency,
		discounts: discounts.map(({ label }) => label),
		plusUsage: terms.prices.some(({ kind }) => kind === 'usage')
	};
}

async function readCoupons(
	{ db }: Scope,
	{ businessId, id, terms }: Agreement
): Promise<DraftDiscount[]> {
	const rows = await db
		.selectFrom('billing.subscription_coupons')
		.select(['name', 'percent', 'amount_minor', 'currency'])
		.where('business_id', '=', businessId)
		.where('subscription_id', '=', id)
		.where((row) => row.or([row('periods_left', 'is', null), row('periods_left', '>', 0)]))
		.orderBy('added_at')
		.orderBy('coupon_id')
		.execute();
	return rows
		.filter(({ currency }) => currency === null || currency === terms.currency)
		.map(({ name, percent, amount_minor }) => ({
			label: name,
			subscriptionId: id,
			...(percent !== null ? { percent } : { amountMinor: amount_minor ?? 0n })
		}));
}
