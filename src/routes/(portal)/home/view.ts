import type { DateRange } from '#lib/format/ranges.ts';
import type { ActivityEntry, Mark, Money, ProductView, UsageView } from '../parts/view.ts';
import type { HomeQuery } from './address.ts';

/**
 * Everything that home shows, as plain data. Instants are `Date`; civil dates are `YYYY-MM-DD` in
 * `zone`; money is minor units beside its currency. Labels of the catalogue (a plan's name, the word
 * under a headline) come written; all other words are the components' own.
 */
export interface HomeView {
	now: Date;
	/** IANA zone of the business. */
	zone: string;
	/** The reader's first name, for the welcome of a business with nothing yet. */
	firstName: string;
	/** Who sells the products. */
	vendor: string;
	range: DateRange;
	query: HomeQuery;
	/** The open invoice that is due first; null without one, or where billing is not the reader's business. */
	attention: InvoiceDue | null;
	/** Who waits to be let in, and into what; null where nobody does, or others answer. */
	requests: { count: number; products: string[]; href: string } | null;
	/** Limits that are reached, where the reader is asked what shall be done; the first by name. */
	questions: { count: number; meter: string; product: string; href: string } | null;
	stats: QuickStats;
	referrals: Referrals;
	/** Everything subscribed to, whatever its status; home itself applies the search. */
	products: ProductView[];
	/** What the vendor sells besides. */
	offers: OfferView[];
	/** Newest first, as many as home should show. */
	activity: { entries: ActivityEntry[]; href: string };
	usage: UsageView;
	/** In the order in which they are shown; leave out what the reader may not do. */
	actions: QuickAction[];
}

export interface InvoiceDue extends Money {
	number: string;
	href: string;
	payHref: string;
	dueOn: string;
	/** How many further invoices are open. */
	others: number;
}

export interface QuickStats {
	products: { active: number; trial: number; href: string };
	users: {
		value: number;
		/** At the same point of the period before; null without earlier data. */
		previous: number | null;
		/** Small figures in order of time, as many as there are; none draws no trend. */
		trend: number[];
		href: string;
	};
	data: {
		/** Null where nothing was measured. */
		bytes: number | null;
		/** What the plans include in the running month; null without such a limit, or for other ranges. */
		included: number | null;
		/** The last reading, told where `bytes` is null. */
		lastReadingAt: Date | null;
		href: string;
	};
	bill: NextBill;
}

export type NextBill =
	| ({
			kind: 'bill';
			on: string;
			/** True while usage may still add to it. */
			estimated: boolean;
			href: string;
	  } & Money)
	| { kind: 'none'; href: string }
	/** The reader's role doesn't see money. */
	| { kind: 'hidden' };

export interface Referrals {
	total: number;
	/** In the running calendar month so far, and in the whole of the one before; null without earlier data. */
	thisMonth: number;
	lastMonth: number | null;
	/** The last eight calendar months in order, the running one last; `month` is its first day. */
	months: { month: string; count: number }[];
	href: string;
}

export interface OfferView {
	slug: string;
	name: string;
	mark: Mark;
	/** What it does, in a sentence. */
	summary: string;
	/** The cheapest plan's price a month. */
	from: Money | null;
	trialDays: number | null;
	href: string;
}

export type QuickAction =
	| { kind: 'ticket'; href: string; firstReplyMinutes: number | null }
	| ({ kind: 'pay'; href: string } & Money)
	| { kind: 'invite'; href: string; places: { free: number; of: number; product: string } | null }
	| { kind: 'invoice'; href: string; number: string };
