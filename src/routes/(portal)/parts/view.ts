import type { ReadingUnit } from '#lib/format/readings.ts';

/**
 * What the parts that several pages share are drawn from, as plain data. Instants are `Date`; civil
 * dates are `YYYY-MM-DD` in the zone of the business; money is minor units beside its currency.
 */

export interface Money {
	amountMinor: bigint;
	currency: string;
}

export type Mark = 'erp' | 'sacco' | 'payroll' | 'initials';

export interface ProductView {
	slug: string;
	name: string;
	mark: Mark;
	planName: string;
	/** How the business has it. */
	status: ProductStatus;
	/** How the product itself does, for everybody. */
	health: ProductHealth;
	/** The product's own figure, such as 156 Records; null before its first reading. */
	headline: { value: number; label: string } | null;
	activeUsers: number | null;
	lastAccess: Date | null;
	/** Where Launch lands, such as Stock › Receipts; null for the product's beginning. */
	continueLabel: string | null;
	access: ProductAccess;
	newTab: boolean;
	/** The digit that launches it from the keyboard on this page; null without one. */
	key: number | null;
	/** Of others, open, and for the reader to answer. */
	requests: number;
	/** Null for those who may not change it. */
	settingsHref: string | null;
}

export type ProductAccess =
	| { allowed: true }
	| {
			allowed: false;
			/** Who can let this person in; null where nobody is known. */
			ask: string | null;
			/** When this person asked to be let in; null if they have not. */
			askedAt: Date | null;
	  };

export type ProductStatus =
	| { kind: 'active' }
	| { kind: 'trial'; endsOn: string }
	| { kind: 'past_due' }
	| {
			kind: 'suspended';
			/** What is left of it for now. */
			mode: 'read_only' | 'export_only' | 'closed';
			/** When that ends and it closes; null where it stays as it is, or is closed. */
			closesAt: Date | null;
			/** What opens it again; null where money is not the reader's business. */
			pay: ({ href: string } & Money) | null;
	  }
	| {
			/** By the business itself. */
			kind: 'paused';
			/** What is left of it. */
			mode: 'read_only' | 'export_only';
			/** The first day after it; null where that is open. */
			until: string | null;
	  }
	| {
			/** Suspended by a limit of the business's own. */
			kind: 'limited';
			/** What is left of it. */
			mode: 'read_only' | 'export_only' | 'closed';
			/** From when it is open again. */
			until: Date;
			/** Whom to ask for it to be opened before; null for those who may open it themselves. */
			ask: string | null;
	  }
	| { kind: 'ended'; endedOn: string };

export interface ProductHealth {
	/** The worst that is the matter now; null while it works as it should. */
	now: {
		state: 'degraded' | 'maintenance' | 'outage';
		/** The vendor's own words; may be empty. */
		message: string;
		since: Date;
		until: Date | null;
	} | null;
	/** Maintenance ahead, the next first. */
	planned: { id: string; message: string; from: Date; until: Date }[];
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
	/** What is known besides, where entries open. */
	details?: { name: string; value: string }[];
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
	/** What the total is expected to be at the last step; null where nothing lies ahead. */
	expectedTotal: number | null;
	/** What the plans include in the running month; null for other ranges. */
	limit: number | null;
	/** Where more of it is told; null on the page that tells it. */
	href: string | null;
}

/** One meter over a range, with its course in small. */
export interface MeterView {
	/** The meter's id. */
	id: string;
	label: string;
	/** The drawing that gives it its hue. */
	mark: Mark;
	unit: ReadingUnit;
	/** Of amounts of money, which are minor units. */
	currency: string;
	/** Over the whole range, by what the meter does; null where there was no reading. */
	value: number | null;
	/** The same over the range before. */
	previous: number | null;
	/** The axis across: civil dates or hours. */
	steps: string[];
	/** Of each step up to now; null where there is no reading. */
	readings: (number | null)[];
}
