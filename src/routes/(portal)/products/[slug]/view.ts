import type { DateRange } from '#lib/format/ranges.ts';
import type { IconName } from '#lib/ui/icons.ts';
import type { ActivityEntry, MeterView, Money, ProductView } from '../../parts/view.ts';

/** Everything that the page of a product shows to a business that has it. */
export interface OverviewView {
	now: Date;
	zone: string;
	product: ProductView;
	/** What it does, in a sentence. */
	summary: string;
	/** A handful of figures in large. */
	figures: { label: string; value: string; note: string | null }[];
	/** Newest first. */
	places: { path: string; label: string; at: Date }[];
	/** Where Launch lands. */
	landing: string;
	/** The range of the charts. */
	range: DateRange;
	charts: MeterView[];
	activity: ActivityEntry[];
	plan: PlanView;
	people: {
		/** Seen last first, then those let in first; a few of them. */
		shown: PersonView[];
		/** How many may open it. */
		total: number;
	};
	visits: VisitView[];
	status: StatusView;
	contacts: ContactsView;
	/** Null for those who have no need to ask. */
	ask: AskView | null;
	/** Open, for the reader to answer. */
	requests: RequestView[];
	roles: RoleView[];
}

/** A role as the product declared it. */
export interface RoleView {
	slug: string;
	name: string;
	description: string;
	/** What somebody gets who is let in without a word about the role. */
	isDefault: boolean;
}

export interface PersonView {
	id: string;
	name: string;
	initials: string;
	/** In the product, as the product calls it. */
	role: string;
	lastSeen: Date | null;
	device: DeviceView | null;
	/** In the last thirty days. */
	visits: number;
}

export interface DeviceView {
	/** `Chrome on Android` */
	name: string;
	icon: IconName;
}

export interface VisitView {
	id: string;
	who: string;
	initials: string;
	at: Date;
	device: DeviceView;
}

/** Somebody who asks to be let in. */
export interface RequestView {
	id: string;
	personId: string;
	name: string;
	initials: string;
	/** In the business. */
	standing: string;
	note: string;
	askedAt: Date;
}

/** Where the reader's own wish to be let in stands. */
export interface AskView {
	/** Who answers. */
	granters: string[];
	open: { id: string; askedAt: Date } | null;
	/** The last one that was turned down, if none is open. */
	declined: { at: Date; reply: string; by: string | null } | null;
}

/** How the product did lately, for everybody. */
export interface StatusView {
	/** The last days in order, today last, each with the worst of it. */
	days: { day: string; worst: 'degraded' | 'maintenance' | 'outage' | null }[];
	/** The share of that time in which it could be used. */
	usable: number;
	/** What was the matter and is over, newest first; a few of them. */
	past: {
		id: string;
		state: 'degraded' | 'maintenance' | 'outage';
		message: string;
		from: Date;
		until: Date;
	}[];
}

/** Whom one asks about the product. */
export interface ContactsView {
	/** In the business itself. */
	own: { name: string; email: string; phone: string } | null;
	/** At the vendor's. */
	vendor: { email: string | null; phone: string | null } | null;
	resources: { label: string; url: string }[];
	ticketHref: string;
	/** Where the business names its own; null for those who may not. */
	setHref: string | null;
}

/** The plan, its renewal and what it holds. Prices are null for those who don't see money. */
export interface PlanView {
	name: string;
	/** A month before tax. */
	price: (Money & { interval: string }) | null;
	/** The day of the next bill, of a trial's end or of the end itself. */
	turn: { kind: 'renews' | 'trial' | 'ended'; on: string } | null;
	people: { taken: number; seats: number | null };
	/** Of the month so far; `month` is its first day. */
	data: { bytes: number; included: number | null; month: string } | null;
	/** What is paid by use, in the running period. */
	usage: {
		meter: string;
		label: string;
		/** Exact decimals. */
		quantity: string;
		included: string;
		/** Null where it is not asked for by the unit. */
		unitMinor: string | null;
		currency: string;
	}[];
	subscriptionHref: string;
}
