import type { Scope } from '../../platform/scope.ts';
import { asksFor, type Metered, type ReckonedAgreement } from '../billing/index.ts';
import type { PlanPrice, PlanVersion } from '../catalogue/index.ts';
import type { Period } from '../rating/index.ts';
import {
	closePeriods,
	listEventValues,
	type MeteredPeriod,
	type PeriodQuantity
} from '../usage/index.ts';

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
	const events = periods.some(({ agreement }) =>
		agreement.terms.prices.some(({ price }) => asksFor(price) === 'events')
	);
	const counted = await closePeriods(scope, { periods: asked, events });
	const rows = new Map(counted.map((row) => [keyOf(row), row]));
	const metered = new Map<string, Metered>();
	for (const one of periods)
		for (const price of one.agreement.terms.prices) {
			if (price.meter === null) continue;
			const key = keyOf(meteredPeriod(one, price.meter));
			const row = rows.get(key);
			if (row) metered.set(key, await meteredBy(scope, price, row));
		}
	return (one) =>
		one.agreement.terms.prices.flatMap(
			({ meter }) => (meter !== null && metered.get(keyOf(meteredPeriod(one, meter)))) || []
		);
}

/** As its price wants to know it. */
export async function meteredBy(
	scope: Scope,
	{ price }: PlanPrice,
	row: PeriodQuantity
): Promise<Metered> {
	const { meter, quantity, events } = row;
	const asks = asksFor(price);
	if (asks === 'total') return { meter, quantity };
	if (asks === 'events') return { meter, quantity, events: events ?? '0' };
	const eventValues = await listEventValues(scope, row);
	return { meter, quantity, events: String(eventValues.length), eventValues };
}

/** Names a quantity of a meter. */
export function keyOf({ businessId, productId, meter, start, end }: MeteredPeriod): string {
	return [businessId, productId, meter, start, end].join(' ');
}

function meteredPeriod({ businessId, agreement, period }: UsagePeriod, meter: string) {
	return { businessId, productId: agreement.product.id, meter, ...period };
}
