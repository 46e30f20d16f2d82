import type { DateRange } from '#lib/format/ranges.ts';
import type { ActivityEntry, MeterView, Money, ProductView } from '../../parts/view.ts';

/** Everything that the page of a product shows to a business that has it. */
export interface OverviewView {
	now: Date;
	zone: string;
	product: ProductView;
	/** What it does, in a sentence. */
	summary: string;
	/** Newest first: Launch lands at the first. Empty for those who may not launch. */
	places: { label: string; at: Date }[];
	/** The range of the charts. */
	range: DateRange;
	charts: MeterView[];
	activity: ActivityEntry[];
	plan: PlanView;
	people: {
		/** Seen last first, then those let in first; a few of them. */
		shown: { id: string; name: string; initials: string; role: string; lastSeen: Date | null }[];
		/** How many may open it. */
		total: number;
	};
}

/** The plan, its renewal and what it holds. Prices are null for those who don't see money. */
export interface PlanView {
	name: string;
	/** A month before tax. */
	price: Money | null;
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
		unitMinor: string;
		currency: string;
	}[];
	askHref: string;
}
