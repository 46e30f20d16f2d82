import type { Scope } from '../../platform/scope.ts';
import { asksFor, type Metered, type ReckonedAgreement } from '../billing/index.ts';
import type { PlanPrice, PlanVersion } from '../catalogue/index.ts';
import type { Period } from '../rating/index.ts';
import { closePeriods, type MeteredPeriod, type PeriodQuantity } from '../usage/index.ts';

/** A period whose use is billed, whole or a part, by the terms that held in it. */
export interface UsagePeriod {
	businessId: string;
	agreement: ReckonedAgreement & { terms: PlanVersion };
	period: Period;
}

/** What the meters that a period asks for have counted in it. */
export type Counted = (period: UsagePeriod) => Metered[];

/** Closes the meters of many periods at once, each as far as its prices ask for it. */
export async function countPeriods(
	scope: Scope,
	periods: readonly UsagePeriod[]
): Promise<Counted> {
	const asked = periods.flatMap((one) =>
		one.agreement.terms.prices.flatMap(({ meter }): MeteredPeriod[] =>
			meter === null ? [] : [meteredPeriod(one, meter)]
		)
	);
	const events = periods.some(({ agreement }) => agreement.terms.prices.some(asksForEvents));
	const counted = new Map(
		(await closePeriods(scope, { periods: asked, events })).map((row) => [keyOf(row), row])
	);
	return (one) =>
		one.agreement.terms.prices.flatMap((price): Metered[] => {
			const row = price.meter !== null && counted.get(keyOf(meteredPeriod(one, price.meter)));
			return row ? [meteredBy(price, row)] : [];
		});
}

/** As its price wants to know it. */
export function meteredBy(
	price: PlanPrice,
	{ meter, quantity, events }: Pick<PeriodQuantity, 'meter' | 'quantity' | 'events'>
): Metered {
	return { meter, quantity, ...(events !== null && asksForEvents(price) ? { events } : {}) };
}

/** Whether it is not the total alone that makes the amount. */
function asksForEvents({ price }: PlanPrice): boolean {
	return asksFor(price) === 'events';
}

/** Names a quantity of a meter. */
export function keyOf({ businessId, productId, meter, start, end }: MeteredPeriod): string {
	return [businessId, productId, meter, start, end].join(' ');
}

function meteredPeriod({ businessId, agreement, period }: UsagePeriod, meter: string) {
	return { businessId, productId: agreement.product.id, meter, ...period };
}
