import {
	fitsOneInvoice,
	reckonDraft,
	type DraftDiscount,
	type DraftLine,
	type InvoiceDraft,
	type LineKind,
	type SubscriptionCoupon,
	type UsedCoupon
} from '../billing/index.ts';
import { daysAfter } from '../rating/index.ts';

/** Something that waited in billing, and is to be told which paper took it. */
export interface Waiting {
	of: 'pending_lines' | 'ended_periods';
	id: string;
	/** The invoice that it gives back of. */
	credits?: string | undefined;
}

/** Lines of one subscription that fell due together. */
export interface Charge {
	subscriptionId: string;
	/** The day on which they fell due: those of one day come on one invoice. */
	day: string;
	currency: string;
	lines: DraftLine[];
	waiting: Waiting[];
	/** Lines of a change: what a coupon takes off is off them already. */
	isChange: boolean;
}

/** What is issued for lines: an invoice, and credit notes for what it cannot give back. */
export interface Paper {
	day: string;
	/** Null where nothing is asked for. */
	draft: InvoiceDraft | null;
	/** Credits that come to more than what is asked for with them. */
	credits: DraftLine[];
	waiting: Waiting[];
}

/**
 * The papers of a business, the oldest day first: lines of one day and currency on one invoice. Coupons are taken off
 * each invoice with lines of their subscription, as long as they last.
 */
export function papersOf(
	{ businessId, today, daysToPay }: { businessId: string; today: string; daysToPay: number },
	charges: readonly Charge[],
	coupons: readonly SubscriptionCoupon[]
): { papers: Paper[]; used: UsedCoupon[] } {
	const discounted = new Set(coupons.map(({ subscriptionId }) => subscriptionId));
	const sheets = Map.groupBy(charges, ({ subscriptionId, day, currency, isChange }) =>
		[day, currency, isChange && discounted.has(subscriptionId) ? 'change' : ''].join(' ')
	);
	const left = new Map(coupons.map((coupon) => [coupon, coupon.periodsLeft]));
	const papers = [...sheets]
		.sort(([one], [other]) => (one < other ? -1 : 1))
		.flatMap(([, together]): Paper[] => {
			const [{ day, currency } = { day: today, currency: '' }] = together;
			const waiting = together.flatMap((charge) => charge.waiting);
			const lines = together
				.flatMap((charge) => charge.lines)
				.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
			if (lines.length === 0)
				return waiting.length === 0 ? [] : [{ day, draft: null, credits: [], waiting }];
			const discounts = takeCoupons(together, left);
			const draft = (some: DraftLine[]): InvoiceDraft => ({
				businessId,
				issuedOn: today,
				dueOn: daysAfter(today, daysToPay),
				currency,
				lines: some,
				discounts
			});
			if (fitsOneInvoice(reckonDraft({ lines, discounts })))
				return [{ day, draft: draft(lines), credits: [], waiting }];
			const asked = lines.filter(({ credits }) => !credits);
			return [
				{
					day,
					draft: asked.length > 0 ? draft(asked) : null,
					credits: lines.filter(({ credits }) => credits),
					waiting
				}
			];
		});
	const used = coupons.flatMap((coupon): UsedCoupon[] => {
		const { subscriptionId, couponId, periodsLeft } = coupon;
		const periods = (periodsLeft ?? 0) - (left.get(coupon) ?? 0);
		return periods === 0 ? [] : [{ businessId, subscriptionId, couponId, periods }];
	});
	return { papers, used };
}

const order: readonly LineKind[] = [
	'plan',
	'seat',
	'one_off',
	'charge',
	'credit',
	'usage',
	'late_usage',
	'minimum',
	'adjustment',
	'other'
];

/** Each counts once for an invoice on which its subscription is asked for something. */
function takeCoupons(
	together: readonly Charge[],
	left: Map<SubscriptionCoupon, number | null>
): DraftDiscount[] {
	return [...left].flatMap(([coupon, periods]): DraftDiscount[] => {
		const { subscriptionId, name, percent, amountMinor, currency } = coupon;
		const own = together.filter(
			(charge) => charge.subscriptionId === subscriptionId && !charge.isChange
		);
		const isAsked = own.some(({ lines }) => lines.some((line) => line.amountMinor > 0n));
		if (periods === 0 || !isAsked || (currency !== null && own[0]?.currency !== currency))
			return [];
		if (periods !== null) left.set(coupon, periods - 1);
		const how = percent === null ? { amountMinor: amountMinor ?? 0n } : { percent };
		return [{ label: name, subscriptionId, ...how }];
	});
}
