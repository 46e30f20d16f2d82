import { civilDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { readAgreements, simulate, type Agreement } from '#server/modules/billing/index.ts';
import { listPlans, readPlanVersion } from '#server/modules/catalogue/index.ts';
import { boundaryAfter } from '#server/modules/rating/index.ts';
import { listMeters, readQuantities } from '#server/modules/usage/index.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import { compareMonths, sum, type ComparedMonth } from './compare.ts';
import { monthsBefore, quantityName, readQuantity, type Asked } from './question.ts';

export interface Simulation {
	products: { slug: string; name: string }[];
	product: { slug: string; name: string };
	plans: { slug: string; name: string; current: boolean }[];
	/** The one that is had, and the one it is held against. */
	now: { name: string; seats: number | null; subscriptionId: string };
	then: { slug: string; name: string; seats: number | null; same: boolean };
	currency: string;
	months: ComparedMonth[];
	nowMinor: bigint;
	thenMinor: bigint;
	/** What is left out, by name: it is asked for each event. */
	unreckoned: string[];
	/** What was counted, and what was typed over it. */
	quantities: {
		meter: string;
		name: string;
		months: {
			month: string;
			field: string;
			counted: string;
			events: string;
			typed: string | null;
		}[];
	}[];
	/** Where the plan is changed, with a preview of what is due; null for those who may not. */
	changeHref: string | null;
	problems: { field: string | null; message: string }[];
}

/** What the last months would have cost by another plan; null for a business without a subscription. */
export async function readSimulation(scope: MemberScope, asked: Asked): Promise<Simulation | null> {
	const [agreements, plans, meters] = await Promise.all([
		readAgreements(scope, {}),
		listPlans(scope, {}),
		listMeters(scope, {})
	]);
	const agreement =
		agreements.find(({ product }) => product.slug === asked.product) ?? agreements[0];
	if (!agreement) return null;
	const problems: Simulation['problems'] = [];
	const offered = plans.filter(
		({ id, productId, retiredAt }) =>
			productId === agreement.product.id && (retiredAt === null || id === agreement.plan.id)
	);
	const chosen =
		offered.find(({ slug }) => slug === asked.plan) ??
		offered.find(({ id }) => id !== agreement.plan.id) ??
		offered.find(({ id }) => id === agreement.plan.id);
	if (!chosen) return null;
	const terms = await readPlanVersion(scope, { planId: chosen.id, version: chosen.version });
	const seats = readSeats(asked, agreement, problems);

	const today = civilDate(scope.now, scope.actor.timeZone);
	const periods = monthsBefore(today, asked.months).map((start) => ({
		start,
		end: boundaryAfter(start, start)
	}));
	const billed = [
		...new Set(
			[...agreement.terms.prices, ...terms.prices].flatMap(({ meter }) =>
				meter === null ? [] : [meter]
			)
		)
	];
	const { id: productId } = agreement.product;
	const read = await readQuantities(scope, {
		meters: billed.flatMap((meter) => periods.map((period) => ({ productId, meter, period })))
	});
	const quantities = billed.map((meter, row) => ({
		meter,
		name: meters.find((one) => one.productId === productId && one.slug === meter)?.name ?? meter,
		months: periods.map(({ start }, place) => {
			const field = quantityName(meter, start);
			return {
				month: start,
				field,
				counted: read[row * periods.length + place]?.quantity ?? '0',
				events: read[row * periods.length + place]?.events ?? '0',
				typed: asked.quantities.get(field) ?? null
			};
		})
	}));
	const months = periods.map((period, place) => ({
		period,
		metered: quantities.map(({ meter, name, months }) => {
			const { counted = '0', events = '0', typed = null, field = '' } = months[place] ?? {};
			const quantity = typed === null ? counted : readQuantity(typed);
			if (quantity === null)
				problems.push({ field: `q.${field}`, message: m.simulate_not_number({ name }) });
			return { meter, quantity: quantity ?? counted, events };
		})
	}));
	const of = { product: agreement.product };
	const now = simulate({ ...of, terms: agreement.terms, seats: agreement.seats }, months);
	const then = simulate({ ...of, terms, seats }, months);
	const compared = terms.currency === agreement.terms.currency ? compareMonths(now, then) : [];
	if (terms.currency !== agreement.terms.currency)
		problems.push({ field: 'plan', message: m.simulate_other_currency() });
	return {
		products: agreements.map(({ product: { slug, name } }) => ({ slug, name })),
		product: { slug: agreement.product.slug, name: agreement.product.name },
		plans: offered.map(({ id, slug, name }) => ({
			slug,
			name,
			current: id === agreement.plan.id
		})),
		now: { name: agreement.plan.name, seats: agreement.seats, subscriptionId: agreement.id },
		then: {
			slug: chosen.slug,
			name: chosen.name,
			seats,
			same:
				chosen.id === agreement.plan.id &&
				terms.version === agreement.terms.version &&
				seats === agreement.seats
		},
		currency: agreement.terms.currency,
		months: compared,
		nowMinor: sum(compared.map(({ nowMinor }) => nowMinor)),
		thenMinor: sum(compared.map(({ thenMinor }) => thenMinor)),
		unreckoned: [...new Set([...now, ...then].flatMap(({ unreckoned }) => unreckoned))],
		quantities,
		changeHref: mayDo(scope.actor, 'subscription.change')
			? changeAddress(agreement.product.slug, chosen.slug, seats)
			: null,
		problems
	};
}

function changeAddress(product: string, plan: string, seats: number | null): string {
	const asked = new URLSearchParams({ plan, ...(seats === null ? {} : { seats: String(seats) }) });
	return `/billing/subscriptions/${product}/change?${asked.toString()}`;
}

function readSeats(
	{ seats }: Asked,
	agreement: Agreement,
	problems: Simulation['problems']
): number | null {
	if (seats === '') return agreement.seats;
	if (/^[1-9]\d{0,5}$/.test(seats)) return Number(seats);
	problems.push({ field: 'seats', message: m.simulate_not_seats() });
	return agreement.seats;
}
