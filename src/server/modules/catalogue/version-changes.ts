import type { Interval } from '../rating/index.ts';
import type { Moment, PlanPrice, Proration } from './plan-fields.ts';

/** What a version of a plan says: all that a subscription to it begins with. */
export interface PlanTerms {
	interval: Interval;
	/** What is asked for a period is paid for before it; usage always afterwards. */
	inAdvance: boolean;
	currency: string;
	seats: number | null;
	includedBytes: bigint | null;
	trialDays: number | null;
	upgrade: Moment;
	downgrade: Moment;
	cancellation: Moment;
	proration: Proration;
	prices: PlanPrice[];
}

/** What one version says otherwise than another; prices by their slugs. */
export type TermChange =
	| { what: 'term'; field: Exclude<keyof PlanTerms, 'prices'>; from: Term; to: Term }
	| { what: 'price'; slug: string; from: PlanPrice | null; to: PlanPrice | null };
type Term = string | number | bigint | boolean | null;

const fields = [
	'interval',
	'inAdvance',
	'currency',
	'seats',
	'includedBytes',
	'trialDays',
	'upgrade',
	'downgrade',
	'cancellation',
	'proration'
] as const satisfies (keyof PlanTerms)[];

/** In the order in which they are told: terms first, then prices that changed, came and went. */
export function compareTerms(before: PlanTerms, after: PlanTerms): TermChange[] {
	const terms = fields.flatMap((field): TermChange[] =>
		before[field] === after[field]
			? []
			: [{ what: 'term', field, from: before[field], to: after[field] }]
	);
	const old = new Map(before.prices.map((price) => [price.slug, price]));
	const kept = new Set(after.prices.map(({ slug }) => slug));
	const changed = after.prices.flatMap((price): TermChange[] => {
		const from = old.get(price.slug) ?? null;
		return from && written(from) === written(price)
			? []
			: [{ what: 'price', slug: price.slug, from, to: price }];
	});
	const gone = before.prices
		.filter(({ slug }) => !kept.has(slug))
		.map((price): TermChange => ({ what: 'price', slug: price.slug, from: price, to: null }));
	return [...terms, ...changed, ...gone];
}

/** One text for one meaning, in whatever order the database hands the fields out; `0.90` is `0.9`. */
function written(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) => {
		if (typeof part === 'string' && /^\d+\.\d+$/.test(part)) return part.replace(/\.?0+$/, '');
		if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
		return Object.fromEntries(
			Object.entries(part)
				.filter(([, field]) => field !== undefined)
				.sort(([one], [other]) => (one < other ? -1 : 1))
		);
	});
}
