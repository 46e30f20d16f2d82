import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import {
	listPlans,
	readPlanVersion,
	type Moment as EffectMoment,
	type PlanVersion
} from '../catalogue/index.ts';
import type { Agreement } from './agreements.ts';
import { fixedMinor, periodsAYear } from './fixed-prices.ts';

/** What somebody wants instead: another plan of the product, other seats, or both. */
export interface Wish {
	/** The plan's slug. */
	plan?: string | undefined;
	seats?: number | undefined;
}

/** What a subscription would be. */
export interface Target {
	plan: Agreement['plan'];
	terms: PlanVersion;
	seats: number | null;
}

/**
 * @throws NotFound for a plan that the product does not have; Conflict `plan_retired`; Invalid for seats that a plan
 * does not sell, with `seats_fixed`, and for what would change nothing, with `no_change`
 */
export async function targetOf(
	scope: Scope,
	agreement: Agreement,
	{ plan: slug, seats }: Wish
): Promise<Target> {
	const chosen = slug === undefined ? agreement : await readOffer(scope, agreement, slug);
	const { plan, terms } = chosen;
	const sells = sellsSeats(terms);
	if (seats !== undefined && !sells)
		throw new Invalid([
			{
				path: 'seats',
				message: `The plan ${plan.name} does not sell seats one by one.`,
				code: 'seats_fixed'
			}
		]);
	const kept = sellsSeats(agreement.terms)
		? (agreement.seats ?? terms.seats)
		: (terms.seats ?? agreement.seats);
	// Of the same plan they stay, whoever gave them.
	const usual = chosen === agreement ? agreement.seats : sells ? (kept ?? 1) : terms.seats;
	const target = { plan, terms, seats: seats ?? usual };
	if (
		terms.planId === agreement.terms.planId &&
		terms.version === agreement.terms.version &&
		target.seats === agreement.seats &&
		agreement.status !== 'trial'
	)
		throw new Invalid([
			{
				path: slug === undefined ? 'seats' : 'plan',
				message: 'This is as it is already.',
				code: 'no_change'
			}
		]);
	return target;
}

async function readOffer(
	scope: Scope,
	{ product }: Agreement,
	slug: string
): Promise<Pick<Target, 'plan' | 'terms'>> {
	const found = (await listPlans(scope, {})).find(
		(plan) => plan.productId === product.id && plan.slug === slug
	);
	if (!found) throw new NotFound(`The plan ${slug.slice(0, 41)} of ${product.name}`);
	if (found.retiredAt)
		throw new Conflict('plan_retired', `The plan ${found.name} is not on offer any more.`);
	const { id, name, version } = found;
	return { plan: { id, slug, name }, terms: await readPlanVersion(scope, { planId: id, version }) };
}

export function sellsSeats({ prices }: Pick<PlanVersion, 'prices'>): boolean {
	return prices.some(({ kind }) => kind === 'seat');
}

export type Direction = 'upgrade' | 'downgrade' | 'same';

/** By what a year of periods costs as such; what is used is not in it. */
export function directionOf(agreement: Agreement, target: Target): Direction {
	const [now, then] = [agreement, target].map(
		({ terms, seats }) => fixedMinor(terms, seats) * periodsAYear[terms.interval]
	) as [bigint, bigint];
	return then === now ? 'same' : then > now ? 'upgrade' : 'downgrade';
}

/**
 * When it takes effect: as the plan says that is left. Never within a period where that could not be reckoned:
 * in another currency, and into another interval where the plan reckons nothing.
 */
export function effectOf(
	{ terms, status }: Agreement,
	target: Target,
	direction: Direction,
	{ plan, when }: Wish & { when?: EffectMoment | undefined }
): EffectMoment {
	// Nothing is paid for now: the one for when the trial is over, the other for when it goes on.
	if (status === 'trial' && plan !== undefined) return 'period_end';
	if (status === 'trial' || status === 'paused') return 'at_once';
	if (terms.currency !== target.terms.currency) return 'period_end';
	if (terms.interval !== target.terms.interval && terms.proration === 'none') return 'period_end';
	return when ?? (direction === 'downgrade' ? terms.downgrade : terms.upgrade);
}
