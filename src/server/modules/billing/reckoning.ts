import { toMajor, toMinorDecimal, type PlanPrice, type PlanTerms } from '../catalogue/index.ts';
import {
	addUp,
	daysBetween,
	lineMinor,
	netOf,
	portion,
	rate,
	taxRates,
	wholePeriodOf,
	type Period,
	type Rated,
	type TaxClass
} from '../rating/index.ts';
import type { DraftLine, LineKind } from './draft-lines.ts';

/** What of an agreement its lines are reckoned from. */
export interface ReckonedAgreement {
	/** The subscription's. */
	id: string;
	product: { id: string; name: string };
	/** What the version of the plan asks to which the subscription is pinned. */
	terms: Pick<PlanTerms, 'interval' | 'inAdvance' | 'currency' | 'proration' | 'prices'>;
	/** Null where nobody said how many: then it is one. */
	seats: number | null;
	/** The civil day that every boundary is reckoned from. */
	anchorOn: string;
	/** How much of what the plan asks for one of its periods is asked, where its days do not say it. */
	share?: { units: number; of: number };
}

/** How much a meter of the product has counted in a period. */
export interface Metered {
	/** The meter's slug. */
	meter: string;
	/** Exact decimal, not below zero. */
	quantity: string;
	/** How many events made it up, for prices that ask for each. */
	events?: string | undefined;
	/** The value of each event in its order, for prices that bound each. */
	eventValues?: readonly string[] | undefined;
}

/**
 * What is asked for a period before it: flat amounts and seats of plans that are paid in advance, and with the
 * first period that is paid for, what is asked once, whichever way the plan is paid. A period that is shorter than
 * the plan's costs its days' part. What comes to nothing has no line; each line is rounded once.
 *
 * @param first whether it is the first period that is paid for
 */
export function reckonAdvance(
	agreement: ReckonedAgreement,
	period: Period,
	{ first = false }: { first?: boolean } = {}
): DraftLine[] {
	const { terms } = agreement;
	const once = first ? priced(agreement, 'one_off') : [];
	return some([
		...(terms.inAdvance ? standing(agreement, period) : []),
		...once.map((price) => ({
			...basics(agreement, price, period),
			...ratedPart(price, whole(price), terms.currency)
		}))
	]);
}

/**
 * What is asked for a period after it: what was used, of plans paid afterwards the flat amounts and seats too, and
 * what is missing of a minimum. A meter that is not brought counts as unused.
 *
 * @param advance what was billed for the period in advance, which counts towards the minimum: where it is not told,
 * what the agreement asks
 */
export function reckonArrears(
	agreement: ReckonedAgreement,
	period: Period,
	metered: readonly Metered[],
	{ advance }: { advance?: readonly TaxedPart[] } = {}
): DraftLine[] {
	const asked = standing(agreement, period);
	const usage = priced(agreement, 'usage').map((price) =>
		reckonUsage(agreement, price, period, metered)
	);
	const after = some([...(agreement.terms.inAdvance ? [] : asked), ...usage]);
	const before = agreement.terms.inAdvance ? (advance ?? asked) : [];
	return [...after, ...missingOfMinimum(agreement, period, [...before, ...after])];
}

/** What a meter has counted, by the price that asks for it; also where it comes to nothing. */
export function reckonUsage(
	agreement: ReckonedAgreement,
	price: PlanPrice,
	period: Period,
	metered: readonly Metered[]
): DraftLine {
	const counted = metered.find(({ meter }) => meter === price.meter);
	const rated = rate(price.price, {
		quantity: counted?.quantity ?? '0',
		total: counted?.quantity ?? '0',
		...(counted?.events === undefined ? {} : { events: counted.events }),
		...(counted?.eventValues ? { event_values: [...counted.eventValues] } : {})
	});
	return {
		...basics(agreement, price, period),
		...(price.meter === null ? {} : { meter: price.meter }),
		...ratedPart(price, rated, agreement.terms.currency)
	};
}

/** What has to be told of use: its total, how many events it was, or the value of each. */
export function asksFor(price: PlanPrice['price']): 'total' | 'events' | 'values' {
	if (price.model !== 'percentage') return 'total';
	const some = (text: string | null | undefined): boolean => /[1-9]/.test(text ?? '');
	const hasFixed = some(price.fixed_per_event);
	if (price.per_event_min != null || price.per_event_max != null || some(price.free_events))
		return 'values';
	return hasFixed ? (some(price.free_total) ? 'values' : 'events') : 'total';
}

/**
 * Takes out the prices that ask for each event where what was brought does not say that much: nobody can say what
 * they come to, and they are told by name instead.
 */
export function reckonable<T extends Pick<PlanTerms, 'prices'>>(
	terms: T,
	metered: readonly Metered[]
): { terms: T; unreckoned: PlanPrice[] } {
	const isUnknown = (price: PlanPrice): boolean => {
		const asks = price.kind === 'usage' ? asksFor(price.price) : 'total';
		if (asks === 'total') return false;
		const brought = metered.find(({ meter }) => meter === price.meter);
		return asks === 'events' ? brought?.events === undefined : brought?.eventValues === undefined;
	};
	return {
		terms: { ...terms, prices: terms.prices.filter((price) => !isUnknown(price)) },
		unreckoned: terms.prices.filter(isUnknown)
	};
}

/** The prices of a plan by what they ask for, in the vendor's order. */
export function priced(
	{ terms }: Pick<ReckonedAgreement, 'terms'>,
	kind: PlanPrice['kind']
): PlanPrice[] {
	return terms.prices.filter((price) => price.kind === kind);
}

/** Flat amounts and seats of a period, the latter by how many there are. */
function standing(agreement: ReckonedAgreement, period: Period): DraftLine[] {
	const { seats } = agreement;
	return agreement.terms.prices.flatMap((price) => {
		if (price.kind === 'flat') return [partLine(agreement, price, period, whole(price))];
		if (price.kind !== 'seat') return [];
		const rated = rate(price.price, { quantity: String(seats ?? 1) });
		return [partLine(agreement, price, period, rated)];
	});
}

function whole(price: PlanPrice): Rated {
	return { ...rate(price.price, {}), quantity: '1' };
}

/** What a whole period costs, or its days' part where the period is shorter. */
function partLine(
	agreement: ReckonedAgreement,
	price: PlanPrice,
	period: Period,
	rated: Rated
): DraftLine {
	const { currency } = agreement.terms;
	const part = partOf(agreement, period);
	const line = {
		...basics(agreement, price, period),
		...ratedPart(price, rated, currency)
	};
	if (!part) return line;
	return {
		...line,
		quantity: price.kind === 'seat' ? line.quantity : null,
		unitMinor: null,
		...portion(rated.amount, part.units, part.of, currency)
	};
}

/** How many days of the plan's own period a shorter one has; null for a whole one, and where days do not count. */
function partOf(
	{ anchorOn, terms, share }: ReckonedAgreement,
	period: Period
): { units: number; of: number } | null {
	if (share) return share.units === share.of ? null : share;
	if (terms.proration === 'none') return null;
	const all = wholePeriodOf(anchorOn, period.start, terms.interval);
	const [units, of] = [daysBetween(period.start, period.end), daysBetween(all.start, all.end)];
	return units < of ? { units, of } : null;
}

/** What was asked of something that is taxed: before tax, or with it. */
export interface TaxedPart {
	amountMinor: bigint;
	taxClass: TaxClass;
	taxIncluded: boolean;
}

/** All that is asked for the period counts towards the minimum, whenever it is paid; what is asked once does not. */
function missingOfMinimum(
	agreement: ReckonedAgreement,
	period: Period,
	lines: readonly TaxedPart[]
): DraftLine[] {
	const { currency } = agreement.terms;
	return priced(agreement, 'minimum').flatMap((price) => {
		const least = partLine(agreement, price, period, whole(price));
		const asked = lines.reduce((sum, line) => sum + comparable(line, price.taxIncluded), 0n);
		const missing = least.amountMinor - asked;
		if (missing <= 0n) return [];
		return [
			{
				...basics(agreement, price, period),
				quantity: '1',
				unitMinor: String(missing),
				exactAmount: toMajor(String(missing), currency),
				amountMinor: missing,
				taxClass: price.taxClass,
				taxIncluded: price.taxIncluded
			}
		];
	});
}

/** An amount as the other side says it: with its tax or without. */
function comparable({ amountMinor, taxClass, taxIncluded }: TaxedPart, included: boolean): bigint {
	if (taxIncluded === included) return amountMinor;
	const taxRate = taxRates[taxClass];
	return included ? addUp([{ amountMinor, taxRate }]).totalMinor : netOf(amountMinor, taxRate);
}

const kinds: Record<PlanPrice['kind'], LineKind> = {
	flat: 'plan',
	seat: 'seat',
	usage: 'usage',
	minimum: 'minimum',
	one_off: 'one_off'
};

function basics({ id, product }: ReckonedAgreement, price: PlanPrice, period: Period) {
	return {
		kind: kinds[price.kind],
		description: price.kind === 'usage' ? price.label : `${product.name}, ${price.label}`,
		productId: product.id,
		subscriptionId: id,
		priceSlug: price.slug,
		period: { start: period.start, end: period.end }
	};
}

function ratedPart({ price, taxClass, taxIncluded }: PlanPrice, rated: Rated, currency: string) {
	const [only, ...more] = rated.steps;
	const unit =
		only && more.length === 0 && only.tier === null
			? only.kind === 'units'
				? only.unitAmount
				: only.kind === 'flat'
					? only.flatAmount
					: null
			: null;
	return {
		quantity: rated.quantity,
		unitMinor: unit === null ? null : toMinorDecimal(unit, currency),
		exactAmount: rated.amount,
		amountMinor: lineMinor(rated.amount, currency),
		taxClass,
		taxIncluded,
		...(price.model === 'flat' || unit !== null ? {} : { steps: rated.steps })
	};
}

function some(lines: readonly DraftLine[]): DraftLine[] {
	return lines.filter(({ amountMinor }) => amountMinor !== 0n);
}
