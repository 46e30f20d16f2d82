import {
	addUp,
	boundaryAfter,
	chargedQuantity,
	lineMinor,
	rate,
	rateLine,
	standardTaxRate,
	type Interval,
	type Price,
	type Totals
} from '../rating/index.ts';

/** How much a meter of a product has counted in the running period. */
export interface MeteredQuantity {
	productId: string;
	/** The meter's slug. */
	meter: string;
	/** Exact decimal. */
	quantity: string;
}

/** What the next bill needs to know of a subscription that renews. */
export interface RenewingSubscription {
	product: { id: string; slug: string; name: string };
	planName: string;
	amountMinor: bigint;
	currency: string;
	interval?: Interval;
	anchorOn: string;
	period: { start: string; end: string };
	renewsOn: string;
	usage: readonly {
		meter: string;
		label: string;
		included: string;
		/** Null where the price is not by the unit: it is rated as it says. */
		unitMinor: string | null;
		price?: Price;
	}[];
}

export interface NextBillLine {
	kind: 'plan' | 'usage';
	product: { id: string; slug: string; name: string };
	/** The plan's name, or the label of the usage. */
	label: string;
	meter: string | null;
	/** What it pays for, half-open: of a plan the coming period, of usage the running one. */
	period: { start: string; end: string };
	/** Exact decimals. */
	quantity: string;
	unitMinor: string;
	/** Minor units before tax. */
	amountMinor: bigint;
	taxRate: string;
}

export interface NextBill extends Totals {
	/** Minor units, tax included; what `totalMinor` says. */
	amountMinor: bigint;
	currency: string;
	/** The civil date on which it will be issued. */
	on: string;
	/** True while usage may still add to it. */
	estimated: boolean;
	lines: NextBillLine[];
}

/**
 * The next bill as it would be with the usage so far: of the subscriptions that renew first, the plan of
 * the coming period and the usage of the running one. Plans come first, in the order given; then usage,
 * the largest amount first. What comes to nothing has no line.
 *
 * @returns null when nothing renews
 */
export function estimateNextBill(
	subscriptions: readonly RenewingSubscription[],
	metered: readonly MeteredQuantity[]
): NextBill | null {
	const first = subscriptions.reduce<RenewingSubscription | null>(
		(earliest, one) => (earliest && earliest.renewsOn <= one.renewsOn ? earliest : one),
		null
	);
	if (!first) return null;
	// One bill has one currency; what renews that day in another is on a bill of its own.
	const billed = subscriptions.filter(
		({ renewsOn, currency }) => renewsOn === first.renewsOn && currency === first.currency
	);
	const lines = [
		...billed.map(planLine),
		...billed.flatMap((subscription) => usageLines(subscription, metered)).sort(largestFirst)
	].filter(({ amountMinor }) => amountMinor > 0n);
	const totals = addUp(lines);
	return {
		...totals,
		amountMinor: totals.totalMinor,
		currency: first.currency,
		on: first.renewsOn,
		estimated: billed.some(({ usage }) => usage.length > 0),
		lines
	};
}

function planLine(subscription: RenewingSubscription): NextBillLine {
	const { product, planName, amountMinor, interval, anchorOn, renewsOn } = subscription;
	return {
		kind: 'plan',
		product,
		label: planName,
		meter: null,
		period: { start: renewsOn, end: boundaryAfter(anchorOn, renewsOn, interval) },
		quantity: '1',
		unitMinor: String(amountMinor),
		amountMinor,
		taxRate: standardTaxRate
	};
}

function usageLines(
	{ product, currency, period, usage }: RenewingSubscription,
	metered: readonly MeteredQuantity[]
): NextBillLine[] {
	return usage.map(({ meter, label, included, unitMinor, price }) => {
		const used =
			metered.find((one) => one.productId === product.id && one.meter === meter)?.quantity ?? '0';
		const plain = unitMinor !== null;
		const quantity = plain ? chargedQuantity(used, included) : used;
		return {
			kind: 'usage',
			product,
			label,
			meter,
			period,
			quantity,
			unitMinor: unitMinor ?? '0',
			amountMinor:
				plain || !price
					? rateLine(quantity, unitMinor ?? '0')
					: lineMinor(
							rate(price, { quantity: used, total: '0', event_values: [] }).amount,
							currency
						),
			taxRate: standardTaxRate
		};
	});
}

function largestFirst(one: NextBillLine, other: NextBillLine): number {
	if (one.amountMinor !== other.amountMinor) return one.amountMinor < other.amountMinor ? 1 : -1;
	return one.label.localeCompare(other.label);
}
