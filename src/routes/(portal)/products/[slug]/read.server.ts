import { readRange } from '#lib/format/ranges.ts';
import { m } from '#lib/paraglide/messages.js';
import { listActivity, type ActivityView } from '#server/modules/activity/index.ts';
import { listSubscriptionPrices, type Subscription } from '#server/modules/billing/index.ts';
import { listMembers, readBusiness } from '#server/modules/businesses/index.ts';
import type { Product } from '#server/modules/catalogue/index.ts';
import { listAccesses, readLauncher } from '#server/modules/launch/index.ts';
import { listMeters, readBytes, readQuantities } from '#server/modules/usage/index.ts';
import { wordActivity } from '#server/web/activity.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import { initialsOf } from '#server/web/shell.ts';
import {
	countsPeople,
	movesBytes,
	readMeterFigures,
	readMeterView,
	type MeterFigure
} from '../../parts/meters.server.ts';
import { stepsOf } from '../../parts/steps.ts';
import type { MeterView, ProductView } from '../../parts/view.ts';
import { askAddress } from '../offers.ts';
import type { OverviewView, PlanView } from './view.ts';

/** How many entries of the feed the page shows. */
const feedLength = 6;
/** How far back in the feed people are looked for. */
const seenLength = 100;
/** How many people the page names. */
const peopleShown = 5;

export async function readOverview(
	scope: MemberScope,
	product: Product,
	subscription: Subscription,
	head: ProductView
): Promise<OverviewView> {
	const { now, actor } = scope;
	const zone = actor.timeZone;
	// A month so far would show next to nothing on its first days.
	const range = readRange(new URLSearchParams({ range: '30d' }), now, zone);
	const [launcher, charts, { entries }, people, plan] = await Promise.all([
		readLauncher(scope, { slug: product.slug }),
		readCharts(scope, product, range),
		listActivity(scope, { product: product.slug, limit: seenLength }),
		listPeople(scope, product.slug),
		readPlan(scope, product, subscription)
	]);
	return {
		now,
		zone,
		product: head,
		summary: product.summary,
		places: launcher.refusal
			? []
			: launcher.places.map(({ label, reportedAt }) => ({ label, at: reportedAt })),
		range,
		charts,
		activity: entries.slice(0, feedLength).map(wordActivity),
		plan: { ...plan, people: { taken: people.length, seats: subscription.seats } },
		people: { shown: lastSeen(people, entries), total: people.length }
	};
}

/** The product's own figure, its people and its data; those of them that it measures. */
async function readCharts(
	scope: MemberScope,
	product: Product,
	range: OverviewView['range']
): Promise<MeterView[]> {
	const steps = stepsOf(range, scope.actor.timeZone);
	const [figures, { currency }] = await Promise.all([
		readMeterFigures(scope, range, [product.id]),
		readBusiness(scope, {})
	]);
	const chosen: [figure: MeterFigure | undefined, label: string | null][] = [
		[figures.find(({ meter }) => meter.slug === product.headlineMeter), product.headlineLabel],
		[figures.find(({ meter }) => countsPeople(meter)), m.home_product_users()],
		[figures.find(({ meter }) => movesBytes(meter)), m.products_data()]
	];
	return Promise.all(
		chosen.flatMap(([figure, label]) =>
			figure
				? [
						readMeterView(scope, figure, {
							range,
							steps,
							currency,
							mark: product.mark,
							label: label ?? figure.meter.name
						})
					]
				: []
		)
	);
}

interface Person {
	id: string;
	name: string;
	role: string;
}

/** Who may open the product, those let in first at the top. */
async function listPeople(scope: MemberScope, slug: string): Promise<Person[]> {
	const [accesses, members] = await Promise.all([
		listAccesses(scope, { product: slug }),
		listMembers(scope, {})
	]);
	return accesses.flatMap(({ personId, role }) => {
		const member = members.find((candidate) => candidate.personId === personId);
		return member ? [{ id: personId, name: member.name, role }] : [];
	});
}

/** By what the feed tells of them: opening the product is in it, and what they did there. */
function lastSeen(
	people: readonly Person[],
	entries: readonly ActivityView[]
): OverviewView['people']['shown'] {
	const seen = new Map<string, Date>();
	for (const { person, at } of entries)
		if (person?.id && !seen.has(person.id)) seen.set(person.id, at);
	return people
		.map((person) => ({
			...person,
			initials: initialsOf(person.name),
			lastSeen: seen.get(person.id) ?? null
		}))
		.sort((one, other) => (other.lastSeen?.getTime() ?? 0) - (one.lastSeen?.getTime() ?? 0))
		.slice(0, peopleShown);
}

async function readPlan(
	scope: MemberScope,
	product: Product,
	subscription: Subscription
): Promise<Omit<PlanView, 'people'>> {
	const { plan, status } = subscription;
	const month = readRange(new URLSearchParams(), scope.now, scope.actor.timeZone);
	const [bytes, paid] = await Promise.all([
		readBytes(scope, { from: month.start, to: month.end }),
		mayDo(scope.actor, 'billing.read') ? readPrices(scope, product, subscription) : null
	]);
	const used = bytes.byProduct.get(product.id);
	return {
		name: plan.name,
		price: paid?.price ?? null,
		turn: turnOf(subscription),
		data:
			used === undefined || status === 'ended'
				? null
				: {
						bytes: Number(used),
						included: plan.includedBytes === null ? null : Number(plan.includedBytes),
						month: month.from
					},
		usage: paid?.usage ?? [],
		askHref: askAddress(product.slug, m.products_change_subject({ product: product.name }))
	};
}

function turnOf({ status, renewsOn, trialEndsOn, endedOn }: Subscription): PlanView['turn'] {
	if (status === 'ended') return endedOn ? { kind: 'ended', on: endedOn } : null;
	if (status === 'trial') return trialEndsOn ? { kind: 'trial', on: trialEndsOn } : null;
	return renewsOn ? { kind: 'renews', on: renewsOn } : null;
}

async function readPrices(
	scope: MemberScope,
	product: Product,
	subscription: Subscription
): Promise<Pick<PlanView, 'price' | 'usage'>> {
	const [prices, known] = await Promise.all([
		listSubscriptionPrices(scope, {}),
		listMeters(scope, {})
	]);
	const price = prices.find(({ subscriptionId }) => subscriptionId === subscription.id);
	if (!price) return { price: null, usage: [] };
	const { amountMinor, currency } = price;
	const { period } = subscription;
	const counted = await readQuantities(scope, {
		meters: price.usage.map(({ meter }) => ({ productId: product.id, meter, period }))
	});
	return {
		price: { amountMinor, currency },
		usage: price.usage.map(({ meter, label, included, unitMinor }) => ({
			meter,
			// The bill's own label tells of what is beyond the included; this tells of all.
			label:
				known.find(({ productId, slug }) => productId === product.id && slug === meter)?.name ??
				label,
			included,
			unitMinor,
			currency,
			quantity: counted.find((one) => one.meter === meter)?.quantity ?? '0'
		}))
	};
}
