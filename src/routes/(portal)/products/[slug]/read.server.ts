import { daysBetween } from '#lib/format/dates.ts';
import { formatNumber } from '#lib/format/numbers.ts';
import { readRange } from '#lib/format/ranges.ts';
import { m } from '#lib/paraglide/messages.js';
import { listActivity } from '#server/modules/activity/index.ts';
import { listSubscriptionPrices, type Subscription } from '#server/modules/billing/index.ts';
import { listMembers, readBusiness } from '#server/modules/businesses/index.ts';
import {
	listPastStates,
	listProductRoles,
	type PastState,
	type Product
} from '#server/modules/catalogue/index.ts';
import {
	listAccessRequests,
	listVisitors,
	listVisits,
	readLauncher,
	type AccessRequest,
	type LaunchView
} from '#server/modules/launch/index.ts';
import { listMeters, readBytes, readQuantities } from '#server/modules/usage/index.ts';
import { wordActivity } from '#server/web/activity.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import {
	countsPeople,
	movesBytes,
	readMeterFigures,
	readMeterView,
	type MeterFigure
} from '../../parts/meters.server.ts';
import { stepsOf } from '../../parts/steps.ts';
import type { MeterView, ProductView } from '../../parts/view.ts';
import { viewPeople, viewRequests, viewRoles, viewVisits } from './people.server.ts';
import { shareUsable, worstByDay } from './status.ts';
import type { AskView, ContactsView, OverviewView, PersonView, PlanView } from './view.ts';

/** How many entries of the feed the page shows. */
const feedLength = 6;
/** How many visits the page tells of. */
const visitsShown = 5;
/** How many past troubles of the product. */
const troublesShown = 3;
/** How many people the page names. */
const peopleShown = 5;

export async function readOverview(
	scope: MemberScope,
	product: Product,
	subscription: Subscription,
	head: ProductView
): Promise<OverviewView> {
	const { now, actor } = scope;
	const { slug } = product;
	const zone = actor.timeZone;
	// A month so far would show next to nothing on its first days.
	const range = readRange(new URLSearchParams({ range: '30d' }), now, zone);
	const [launcher, charts, { entries }, visitors, { visits }, members, roles, asked, past, plan] =
		await Promise.all([
			readLauncher(scope, { slug }),
			readCharts(scope, product, range),
			listActivity(scope, { product: slug, limit: feedLength }),
			listVisitors(scope, { product: slug }),
			listVisits(scope, { product: slug, limit: visitsShown }),
			listMembers(scope, {}),
			listProductRoles(scope, { product: slug }),
			listAccessRequests(scope, { product: slug }),
			listPastStates(scope, { product: slug, since: range.start }),
			readPlan(scope, product, subscription)
		]);
	const people = viewPeople(visitors, members, roles);
	const seats = subscription.status === 'ended' ? null : subscription.seats;
	return {
		now,
		zone,
		product: head,
		summary: product.summary,
		figures: viewFigures(head, people, seats),
		places: launcher.places.map(({ path, label, reportedAt }) => ({ path, label, at: reportedAt })),
		landing: launcher.landing.path,
		range,
		// Where nothing was read there is nothing to draw.
		charts: charts.filter(({ readings }) => readings.some((reading) => reading !== null)),
		activity: entries.map(wordActivity),
		plan: { ...plan, people: { taken: people.length, seats } },
		people: { shown: people.slice(0, peopleShown), total: people.length },
		visits: viewVisits(visits, members, m.products_visit_somebody()),
		status: viewStatus(head, past, range, zone),
		contacts: viewContacts(scope, launcher),
		ask: viewAsk(head, launcher, asked, actor.personId, members),
		requests: mayDo(actor, 'launch.access-manage')
			? viewRequests(
					asked.filter(({ answer }) => answer === null),
					members
				)
			: [],
		roles: viewRoles(roles)
	};
}

function viewFigures(
	{ headline, activeUsers }: ProductView,
	people: readonly PersonView[],
	seats: number | null
): OverviewView['figures'] {
	const visits = people.reduce((sum, person) => sum + person.visits, 0);
	return [
		...(headline
			? [{ label: headline.label, value: formatNumber(headline.value), note: null }]
			: []),
		...(activeUsers === null
			? []
			: [
					{
						label: m.home_product_users(),
						value: formatNumber(activeUsers),
						note: m.products_figure_month()
					}
				]),
		{
			label: m.products_figure_visits(),
			value: formatNumber(visits),
			note: m.products_figure_days()
		},
		{
			label: m.products_figure_people(),
			value: formatNumber(people.length),
			note:
				seats === null
					? m.products_figure_may_open()
					: m.products_figure_seats({ seats: formatNumber(seats) })
		}
	];
}

/** Over the days of the charts. */
function viewStatus(
	{ health }: ProductView,
	past: PastState[],
	range: OverviewView['range'],
	zone: string
): OverviewView['status'] {
	const troubles = [
		...past,
		...(health.now ? [{ state: health.now.state, from: health.now.since, until: range.end }] : [])
	];
	return {
		days: worstByDay(troubles, range.to, daysBetween(range.from, range.to) + 1, zone),
		usable: shareUsable(troubles, range.start, range.end),
		past: past.slice(0, troublesShown)
	};
}

export function viewContacts({ actor }: MemberScope, launcher: LaunchView): ContactsView {
	const { product, settings } = launcher;
	const { supportEmail: email, supportPhone: phone } = product;
	return {
		own: settings.contact,
		vendor: email === null && phone === null ? null : { email, phone },
		resources: product.resources,
		ticketHref: `/support/new?product=${product.slug}`,
		setHref: mayDo(actor, 'product.settings-change')
			? `/products/${product.slug}/settings#contact`
			: null
	};
}

/** Somebody without access may ask, unless there is nothing to be let into; who gives access asks nobody. */
export function viewAsk(
	{ access, status, settingsHref }: ProductView,
	{ request, granters }: LaunchView,
	asked: readonly AccessRequest[],
	self: string,
	members: readonly { personId: string; name: string }[]
): AskView | null {
	if (access.allowed || status.kind === 'ended' || settingsHref) return null;
	const last = asked.find(({ personId }) => personId === self);
	return {
		granters,
		open: request,
		declined:
			!request && last?.answer === 'declined' && last.answeredAt
				? {
						at: last.answeredAt,
						reply: last.reply,
						by: members.find(({ personId }) => personId === last.answeredBy)?.name ?? null
					}
				: null
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
		subscriptionHref: `/billing/subscriptions/${product.slug}`
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
	const { amountMinor, currency, interval } = price;
	const { period } = subscription;
	const counted = await readQuantities(scope, {
		meters: price.usage.map(({ meter }) => ({ productId: product.id, meter, period }))
	});
	return {
		price: { amountMinor, currency, interval },
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
