import type { DateRange } from '#lib/format/ranges.ts';
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

export interface Money {
	amountMinor: bigint;
	currency: string;
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

export type Mark = 'erp' | 'sacco' | 'payroll' | 'initials';

export interface ProductView {
	slug: string;
	name: string;
	mark: Mark;
	planName: string;
	status: ProductStatus;
	/** The product's own figure, such as 156 Records; null before its first reading. */
	headline: { value: number; label: string } | null;
	activeUsers: number | null;
	lastAccess: Date | null;
	/** Where Launch lands, such as Stock › Receipts; null before the first visit. */
	continueLabel: string | null;
	/** What keeps this person out, as the name of whoever can let them in; null for those who may launch. */
	access: { allowed: true } | { allowed: false; ask: string | null };
	newTab: boolean;
	analyticsHref: string;
	/** Null for those who may not change it. */
	settingsHref: string | null;
}

export type ProductStatus =
	| { kind: 'active' }
	| { kind: 'trial'; endsOn: string }
	| { kind: 'past_due'; worksUntil: string | null }
	| {
			kind: 'suspended';
			keptUntil: string | null;
			/** What opens it again; null where money is not the reader's business. */
			pay: ({ href: string } & Money) | null;
	  }
	| { kind: 'maintenance'; from: Date; until: Date }
	| { kind: 'ended'; endedOn: string; exportUntil: string | null; againHref: string | null };

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

export interface ActivityEntry {
	id: string;
	who: string;
	/** What follows the name: `added 5 new employees`. */
	what: string;
	/** Where it happened, outermost first: `Payroll › Employees`; null where that adds nothing. */
	where: string | null;
	/** The product it happened in, or the part of the portal. */
	place: { product: string; mark: Mark } | { area: 'billing' | 'support' | 'people' | 'portal' };
	at: Date;
	href: string | null;
}

export interface UsageView {
	/** The axis across in order: civil dates, or hours (`2026-11-25T09:00`) for a range of one day. For the running month it goes on to the month's end. */
	steps: string[];
	/** Bytes of each step up to now, not added up; null where there is no reading. */
	current: (number | null)[];
	/** Bytes of each step of the whole period before; empty without earlier data. */
	previous: (number | null)[];
	total: number;
	/** At the same point of the period before. */
	previousTotal: number | null;
	/** What the total would be at the last step, at this rate; null where nothing lies ahead. */
	expectedTotal: number | null;
	/** What the plans include in the running month; null for other ranges. */
	limit: number | null;
	href: string;
}

export type QuickAction =
	| { kind: 'ticket'; href: string; firstReplyMinutes: number | null }
	| ({ kind: 'pay'; href: string } & Money)
	| { kind: 'invite'; href: string; places: { free: number; of: number; product: string } | null }
	| { kind: 'invoice'; href: string; number: string };
