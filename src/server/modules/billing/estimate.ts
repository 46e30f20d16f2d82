import { boundaryAfter, daysAfter, type Period } from '../rating/index.ts';
import type { Agreement } from './agreements.ts';
import type { DraftDiscount, DraftLine, LineKind } from './draft-lines.ts';
import type { SubscriptionCoupon } from './due.ts';
import { priced, reckonable, reckonAdvance, reckonArrears } from './reckoning.ts';
import { reckonDraft, type InvoiceTotals, type TaxedLine } from './totals.ts';
import type { PendingLine } from './waiting.ts';

/** How much a meter of a product has counted in the running period. */
export interface MeteredQuantity {
	productId: string;
	/** The meter's slug. */
	meter: string;
	/** Exact decimal. */
	quantity: string;
	/** How many events made it up, for prices that ask for each. */
	events?: string | undefined;
}

/** A subscription with all that may come on the next bill. */
export interface BilledAgreement {
	agreement: Agreement;
	/** What changes charged and credited, and no paper took yet. */
	pending: readonly PendingLine[];
	coupons: readonly SubscriptionCoupon[];
}

export interface NextBillLine extends TaxedLine {
	/** Tells it from the other lines, and is the same on the bill that is expected in the end. */
	key: string;
	kind: LineKind;
	product: { id: string; slug: string; name: string };
	/** What the price is called, or what a change is for. */
	label: string;
	meter: string | null;
	/** What it pays for, half-open: before it of the coming period, afterwards of the running one. */
	period: Period;
	/** Exact decimals; the unit is null where quantity and unit do not say the amount. */
	quantity: string;
	unitMinor: string | null;
	/** How the amount came about, where quantity and unit do not say it. */
	steps: DraftLine['steps'] | null;
}

export interface NextBill extends InvoiceTotals {
	/** Minor units, tax included; what `totalMinor` says. */
	amountMinor: bigint;
	currency: string;
	/** The civil date on which it will be issued. */
	on: string;
	/** True while usage may still add to it. */
	estimated: boolean;
	lines: NextBillLine[];
	/** What coupons take off, by their names; the lines have it in `discountMinor`. */
	discounts: { label: string; amountMinor: bigint }[];
	/** What will be on it and is not yet, since it is asked for each event. */
	unreckoned: { product: string; label: string }[];
}

/**
 * The next bill as it would be with the usage so far: of the subscriptions whose period ends first, what is asked
 * before the coming period and after the running one, what waits of changes, and what coupons take off. Plans come
 * first, in the order given; then usage, the largest amount first. What comes to nothing has no line. A trial is on it
 * where somebody has chosen what follows.
 *
 * @param metered what meters have counted so far, or what they are expected to have counted in the end
 * @returns null when nothing will be billed
 */
export function estimateNextBill(
	subscriptions: readonly BilledAgreement[],
	metered: readonly MeteredQuantity[]
): NextBill | null {
	const dated = subscriptions.filter(({ agreement }) => isBilledAgain(agreement));
	const first = dated.reduce<BilledAgreement | null>(
		(earliest, one) =>
			earliest && earliest.agreement.period.end <= one.agreement.period.end ? earliest : one,
		null
	);
	if (!first) return null;
	const on = first.agreement.period.end;
	const { currency } = first.agreement.terms;
	// One bill has one currency; what is billed that day in another is on a bill of its own.
	const billed = dated.filter(
		({ agreement }) => agreement.period.end === on && agreement.terms.currency === currency
	);
	const bill = reckon(billed, metered);
	return {
		...bill,
		amountMinor: bill.totalMinor,
		currency,
		on,
		estimated: billed.some(({ agreement }) => priced(agreement, 'usage').length > 0)
	};
}

/** What of an agreement's meters is on the next bill; of a trial nothing is. */
export function isMetered({ status }: Agreement): boolean {
	return status === 'active' || status === 'past_due';
}

/** Whether a bill comes at the end of its period. */
function isBilledAgain(agreement: Agreement): boolean {
	const { terms } = agreement;
	if (agreement.status === 'trial') return goesOn(agreement) && agreement.next !== null;
	if (!isMetered(agreement)) return false;
	return (
		goesOn(agreement) ||
		!terms.inAdvance ||
		terms.prices.some(({ kind }) => kind === 'usage' || kind === 'minimum')
	);
}

function goesOn({ period, cancelsOn, pausedOn }: Agreement): boolean {
	return ![cancelsOn, pausedOn].some((day) => day !== null && day <= period.end);
}

function reckon(billed: readonly BilledAgreement[], metered: readonly MeteredQuantity[]) {
	const plans = billed.flatMap(({ agreement }) => coming(agreement));
	const changes = billed.flatMap(({ pending }) => pending.map((line): DraftLine => line));
	const known = billed.flatMap(({ agreement }) => {
		if (!isMetered(agreement)) return [];
		const own = metered.filter(({ productId }) => productId === agreement.product.id);
		const { terms, unreckoned } = reckonable(agreement.terms, own);
		return [
			{
				lines: reckonArrears({ ...agreement, terms }, agreement.period, own),
				unreckoned: unreckoned.map(({ label }) => ({ product: agreement.product.name, label }))
			}
		];
	});
	const used = known.flatMap(({ lines }) => lines);
	const isUsage = ({ kind }: DraftLine): boolean => kind === 'usage';
	const lines = [
		...plans,
		...used.filter((line) => !isUsage(line) && line.kind !== 'minimum'),
		...changes,
		...used.filter(isUsage).sort(largestFirst),
		...used.filter(({ kind }) => kind === 'minimum')
	];
	const draft = reckonDraft({ lines, discounts: discountsOf(billed, [...plans, ...used]) });
	return {
		...draft,
		lines: draft.lines.map((line) => withLabel(line, billed)),
		discounts: draft.discounts.map(({ label, appliedMinor }) => ({
			label,
			amountMinor: appliedMinor
		})),
		unreckoned: known.flatMap(({ unreckoned }) => unreckoned)
	};
}

/** What is asked before the coming period, with what was planned for it. */
function coming(agreement: Agreement): DraftLine[] {
	if (!goesOn(agreement)) return [];
	const { period, next, status } = agreement;
	const terms = next?.plan?.terms ?? agreement.terms;
	const begins = period.end;
	const anchorOn =
		status === 'trial' || terms.interval !== agreement.terms.interval ? begins : agreement.anchorOn;
	return reckonAdvance(
		{ ...agreement, terms, seats: next?.seats ?? agreement.seats, anchorOn },
		{ start: begins, end: boundaryAfter(anchorOn, begins, terms.interval) },
		{ first: status === 'trial' }
	);
}

function discountsOf(
	billed: readonly BilledAgreement[],
	lines: readonly DraftLine[]
): DraftDiscount[] {
	return billed.flatMap(({ agreement, coupons }) =>
		lines.some(({ subscriptionId }) => subscriptionId === agreement.id)
			? coupons.flatMap(({ name, percent, amountMinor, currency }): DraftDiscount[] => {
					if (currency !== null && currency !== agreement.terms.currency) return [];
					const how = percent === null ? { amountMinor: amountMinor ?? 0n } : { percent };
					return [{ label: name, subscriptionId: agreement.id, ...how }];
				})
			: []
	);
}

function withLabel(line: DraftLine & TaxedLine, billed: readonly BilledAgreement[]): NextBillLine {
	const agreement = billed.find(({ agreement: one }) => one.id === line.subscriptionId)?.agreement;
	if (!agreement) throw new Error('A line of the next bill is of a subscription.');
	const { kind, priceSlug, meter, quantity, unitMinor, steps, period } = line;
	const prices = [...agreement.terms.prices, ...(agreement.next?.plan?.terms.prices ?? [])];
	const isChange = kind === 'charge' || kind === 'credit';
	return {
		key: [agreement.id, kind, priceSlug ?? line.description, period?.start ?? ''].join(' '),
		kind,
		product: agreement.product,
		label:
			(isChange ? undefined : prices.findLast(({ slug }) => slug === priceSlug)?.label) ??
			line.description,
		meter: meter ?? null,
		period: period ?? { start: agreement.period.end, end: daysAfter(agreement.period.end, 1) },
		quantity: quantity ?? '1',
		unitMinor,
		steps: steps ?? null,
		amountMinor: line.amountMinor,
		discountMinor: line.discountMinor,
		taxClass: line.taxClass,
		taxRate: line.taxRate,
		taxIncluded: line.taxIncluded
	};
}

function largestFirst(one: DraftLine, other: DraftLine): number {
	if (one.amountMinor !== other.amountMinor) return one.amountMinor < other.amountMinor ? 1 : -1;
	return one.description.localeCompare(other.description);
}
