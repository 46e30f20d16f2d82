import { Invalid } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { priced, readAgreements, reckonUsage, type Agreement } from '../billing/index.ts';
import { civilDate, daysAfter, netOf, periodOf, taxRates, type Period } from '../rating/index.ts';
import { readQuantities } from './figures.ts';

/** What use of one product has cost in a span of days, before tax and discounts, in minor units. */
export interface Spend {
	productId: string;
	product: string;
	amountMinor: bigint;
	currency: string;
}

/** A stretch of one billing period: what it costs up to its end, less what it had cost up to its beginning. */
interface Part {
	agreement: Agreement;
	period: Period;
	from: string;
	until: string;
}

/**
 * What metered use of each product that a business has has cost since a day, up to now. Included quantities and tiers
 * belong to billing periods: of one that began before, only what has been added since counts.
 *
 * @param since a civil day, or null for the running billing period of each
 * @param timeZone of the business
 */
export async function readSpend(
	scope: Scope,
	{ businessId, since, timeZone }: { businessId: string; since: string | null; timeZone: string }
): Promise<Spend[]> {
	const agreements = (await readAgreements(scope, { businessIds: [businessId] })).filter(
		(agreement) => agreement.status !== 'trial' && priced(agreement, 'usage').length > 0
	);
	const tomorrow = daysAfter(civilDate(scope.now, timeZone), 1);
	const parts = agreements.flatMap((agreement) => partsOf(agreement, since, tomorrow));
	const asked = parts.flatMap(({ agreement, period, from, until }) =>
		priced(agreement, 'usage').flatMap(({ meter }) =>
			[until, ...(from > period.start ? [from] : [])].map((end) => ({
				productId: agreement.product.id,
				meter: meter ?? '',
				period: { start: period.start, end }
			}))
		)
	);
	const read = await readQuantities(scope, { meters: asked, businessId });
	const countedOf: Counted = (productId, meter, start, end) =>
		read[
			asked.findIndex(
				(one) =>
					one.productId === productId &&
					one.meter === meter &&
					one.period.start === start &&
					one.period.end === end
			)
		] ?? { quantity: '0', events: '0' };
	return agreements.map((agreement) => ({
		productId: agreement.product.id,
		product: agreement.product.name,
		currency: agreement.terms.currency,
		amountMinor: parts
			.filter((part) => part.agreement === agreement)
			.reduce((sum, { period, from, until }) => {
				const upTo = (end: string): bigint => costOf(agreement, period, end, countedOf);
				const cost = upTo(until) - (from > period.start ? upTo(from) : 0n);
				return cost > 0n ? sum + cost : sum;
			}, 0n)
	}));
}

/** What a meter has counted from a day until before another. */
type Counted = (
	productId: string,
	meter: string,
	start: string,
	end: string
) => { quantity: string; events: string };

function costOf(agreement: Agreement, period: Period, end: string, countedOf: Counted): bigint {
	return priced(agreement, 'usage').reduce((sum, price) => {
		const meter = price.meter ?? '';
		const { quantity, events } = countedOf(agreement.product.id, meter, period.start, end);
		try {
			const line = reckonUsage(agreement, price, period, [{ meter, quantity, events }]);
			return (
				sum +
				(line.taxIncluded ? netOf(line.amountMinor, taxRates[line.taxClass]) : line.amountMinor)
			);
		} catch (error) {
			// A price that bounds each event cannot be told from totals: it is on the bill, and under no limit.
			if (error instanceof Invalid) return sum;
			throw error;
		}
	}, 0n);
}

/** The billing periods that reach into the span, the running one first. */
function partsOf(agreement: Agreement, since: string | null, tomorrow: string): Part[] {
	const { anchorOn, terms } = agreement;
	const parts: Part[] = [];
	let period = agreement.period;
	for (;;) {
		const from = since !== null && since > period.start ? since : period.start;
		const until = tomorrow < period.end ? tomorrow : period.end;
		if (from < until) parts.push({ agreement, period, from, until });
		if (since === null || period.start <= since || period.start <= anchorOn) return parts;
		period = periodOf(anchorOn, daysAfter(period.start, -1), terms.interval);
	}
}
