import type { Mark, Money } from '../parts/view.ts';

/** A plan as it is sold; the price is a month's, before tax. */
export interface PlanOffer extends Money {
	slug: string;
	name: string;
	/** For which its amount is: `month`, `year`. */
	interval: string;
	seats: number | null;
	includedBytes: bigint | null;
	trialDays: number | null;
	/** Where its trial is begun; null without one, or for those who may not. */
	tryHref: string | null;
}

/** A product that the business doesn't have. */
export interface OfferView {
	slug: string;
	name: string;
	mark: Mark;
	/** What it does, in a sentence. */
	summary: string;
	plans: PlanOffer[];
	/** Where one asks for it. */
	askHref: string;
}
