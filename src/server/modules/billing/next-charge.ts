import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { boundaryAfter, type Period } from '../rating/index.ts';
import { selectAgreements, type Agreement } from './agreements.ts';
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
	const discounts = await readDiscounts(scope, agreement);
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

/** What is taken off a subscription's next invoices. */
export interface AppliedCoupon {
	code: string;
	name: string;
	/** Exact decimal; null where it is an amount. */
	percent: string | null;
	amountMinor: bigint | null;
	currency: string | null;
	/** For how many further invoices; null: for ever. */
	periodsLeft: number | null;
}

/** What the next period asks, and what is taken off it. @throws NotFound */
export const readNextOf = usecase(
	'billing.read',
	v.object({ subscriptionId: v.string() }),
	async (
		scope,
		{ subscriptionId }
	): Promise<{ next: NextCharge | null; coupons: AppliedCoupon[] }> => {
		const [agreement] = await selectAgreements(scope, {
			subscriptionIds: [subscriptionId],
			ended: true
		});
		if (!agreement) throw new NotFound('This subscription');
		const coupons = await scope.db
			.selectFrom('billing.subscription_coupons')
			.select(['code', 'name', 'percent', 'amount_minor as amountMinor', 'currency'])
			.select('periods_left as periodsLeft')
			.where('business_id', '=', agreement.businessId)
			.where('subscription_id', '=', subscriptionId)
			.where((row) => row.or([row('periods_left', 'is', null), row('periods_left', '>', 0)]))
			.orderBy('added_at')
			.orderBy('coupon_id')
			.execute();
		return { next: await readNextCharge(scope, comingOf(agreement)), coupons };
	}
);

/** As it will be when what is planned has come. */
export function comingOf(agreement: Agreement): Agreement {
	const { next, period, terms, status } = agreement;
	if (!next) return agreement;
	const isSame = (next.plan?.terms.interval ?? terms.interval) === terms.interval;
	return {
		...agreement,
		status: status === 'trial' ? 'active' : status,
		...(next.plan ? { terms: next.plan.terms } : {}),
		seats: next.seats ?? agreement.seats,
		anchorOn: isSame && status !== 'trial' ? agreement.anchorOn : period.end,
		period: { start: period.end, end: period.end },
		advanceBilledUntil: period.end
	};
}

/** What coupons take off whatever this subscription is asked for next. */
export async function readDiscounts(
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
