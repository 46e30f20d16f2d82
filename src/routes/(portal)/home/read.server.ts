import { Temporal } from 'temporal-polyfill';
import { readRange, type DateRange } from '#lib/format/ranges.ts';
import { wordActivity } from '#server/web/activity.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import { listActivity } from '#server/modules/activity/index.ts';
import {
	listInvoices,
	listMetersToBill,
	listSubscriptions,
	readAttention,
	readNextBill,
	type Subscription
} from '#server/modules/billing/index.ts';
import { listJoinings } from '#server/modules/businesses/index.ts';
import {
	listPlans,
	listProducts,
	type Plan,
	type Product
} from '#server/modules/catalogue/index.ts';
import { listGranters, listLaunchers, type Launcher } from '#server/modules/launch/index.ts';
import { readReferralSummary } from '#server/modules/referrals/index.ts';
import { readUsualFirstReply } from '#server/modules/support/index.ts';
import { readHomeFigures, readQuantities, type HomeFigures } from '#server/modules/usage/index.ts';
import { readHomeQuery } from './address.ts';
import type {
	HomeView,
	InvoiceDue,
	NextBill,
	OfferView,
	ProductStatus,
	ProductView,
	QuickAction,
	UsageView
} from './view.ts';

/** How many entries of the feed home shows. */
const feedLength = 7;
/** Figures in the small trend of people. */
const trendLength = 10;

/** Reads everything that home shows, behind one door. */
export async function readHome(scope: MemberScope, params: URLSearchParams): Promise<HomeView> {
	const { now, actor } = scope;
	const zone = actor.timeZone;
	const range = readRange(params, now, zone);
	const seesMoney = mayDo(actor, 'billing.read');
	const steps = stepsOf(range, zone);
	const previousEnd =
		range.key === 'month' ? monthEnd(range.previous.from, zone) : range.previous.end;

	const [
		products,
		plans,
		subscriptions,
		launchers,
		figures,
		joinings,
		referrals,
		activity,
		firstReply,
		money
	] = await Promise.all([
		listProducts(scope, {}),
		listPlans(scope, {}),
		listSubscriptions(scope, {}),
		listLaunchers(scope, {}),
		readHomeFigures(scope, {
			from: range.start,
			to: range.end,
			previousFrom: range.previous.start,
			previousTo: range.previous.end,
			previousEnd,
			bucket: steps.bucket
		}),
		listJoinings(scope, {}),
		readReferralSummary(scope, {}),
		listActivity(scope, { limit: feedLength }),
		readUsualFirstReply(scope, {}),
		seesMoney ? readMoney(scope) : null
	]);

	const running = subscriptions.filter(
		({ status }) => status === 'active' || status === 'trial' || status === 'past_due'
	);
	const included = range.key === 'month' ? sumIncluded(running) : null;
	const shutOut = subscriptions.some(({ product }) => !launchers.get(product.id)?.allowed);
	const granter = shutOut ? ((await listGranters(scope, {}))[0] ?? null) : null;

	return {
		now,
		zone,
		firstName: actor.name.split(' ')[0] ?? actor.name,
		vendor: 'Lixnet',
		range,
		query: readHomeQuery(params, range),
		attention: money?.attention ?? null,
		stats: {
			products: {
				active: running.filter(({ status }) => status !== 'trial').length,
				trial: running.filter(({ status }) => status === 'trial').length,
				href: '/products'
			},
			users: { ...countPeople(joinings, range), href: '/settings/team' },
			data: {
				bytes: figures.bytes.total,
				included,
				lastReadingAt: figures.bytes.lastReadingAt,
				href: '/usage'
			},
			bill: money ? money.next : { kind: 'hidden' }
		},
		referrals: { ...referrals, href: '/referrals' },
		products: subscriptions.map((subscription) =>
			viewProduct(subscription, {
				product: products.find(({ id }) => id === subscription.product.id),
				launcher: launchers.get(subscription.product.id),
				figures: figures.products.get(subscription.product.id),
				granter,
				attention: money?.attention ?? null,
				maySet: mayDo(actor, 'launch.access-manage')
			})
		),
		offers: products
			.filter(({ id }) => !subscriptions.some(({ product }) => product.id === id))
			.map((product) => viewOffer(product, plans)),
		activity: { entries: activity.entries.map(wordActivity), href: '/activity' },
		usage: viewUsage(figures, range, steps, included),
		actions: listActions(scope, {
			firstReply,
			attention: money?.attention ?? null,
			lastInvoice: money?.lastInvoice ?? null,
			subscriptions,
			launchers
		})
	};
}

async function readMoney(
	scope: MemberScope
): Promise<{ attention: InvoiceDue | null; next: NextBill; lastInvoice: string | null }> {
	const [attention, { invoices }, meters] = await Promise.all([
		readAttention(scope, {}),
		listInvoices(scope, { limit: 1 }),
		listMetersToBill(scope, {})
	]);
	const bill = await readNextBill(scope, { metered: await readQuantities(scope, { meters }) });
	const href = attention ? `/billing/invoices/${attention.number}` : '/billing';
	return {
		attention: attention && {
			number: attention.number,
			amountMinor: attention.amountMinor,
			currency: attention.currency,
			dueOn: attention.dueOn,
			others: attention.others,
			href,
			payHref: `${href}#pay`
		},
		next: bill
			? {
					kind: 'bill',
					amountMinor: bill.amountMinor,
					currency: bill.currency,
					on: bill.on,
					estimated: bill.estimated,
					href: '/billing'
				}
			: { kind: 'none', href: '/billing' },
		lastInvoice: invoices[0]?.number ?? null
	};
}

function sumIncluded(subscriptions: Subscription[]): number | null {
	const bytes = subscriptions.reduce((sum, { plan }) => sum + (plan.includedBytes ?? 0n), 0n);
	return bytes > 0n ? Number(bytes) : null;
}

/** `joinings` are in order of time, so the count at a moment is how many lie before it. */
function countPeople(
	joinings: Date[],
	range: DateRange
): { value: number; previous: number | null; trend: number[] } {
	const countAt = (moment: Date): number => joinings.filter((joined) => joined <= moment).length;
	const previous = countAt(range.previous.end);
	const from = range.previous.start.getTime();
	const step = (range.end.getTime() - from) / (trendLength - 1);
	return {
		value: countAt(range.end),
		previous: previous === 0 ? null : previous,
		trend:
			previous === 0
				? []
				: Array.from({ length: trendLength }, (_, index) => countAt(new Date(from + index * step)))
	};
}

function viewProduct(
	subscription: Subscription,
	more: {
		product: Product | undefined;
		launcher: Launcher | undefined;
		figures: { latest: Readonly<Record<string, number>>; activeUsers: number | null } | undefined;
		granter: string | null;
		attention: InvoiceDue | null;
		maySet: boolean;
	}
): ProductView {
	const { product, launcher, figures } = more;
	const { slug, name, mark } = subscription.product;
	const headline = product?.headlineMeter ? figures?.latest[product.headlineMeter] : undefined;
	return {
		slug,
		name,
		mark,
		planName: subscription.plan.name,
		status: statusOf(subscription, more.attention),
		headline:
			headline === undefined ? null : { value: headline, label: product?.headlineLabel ?? '' },
		activeUsers: figures?.activeUsers ?? null,
		lastAccess: launcher?.lastAccess ?? launcher?.lastAccessOfAnybody ?? null,
		continueLabel: launcher?.continueLabel ?? null,
		access: launcher?.allowed ? { allowed: true } : { allowed: false, ask: more.granter },
		newTab: launcher?.newTab ?? false,
		analyticsHref: `/usage?product=${slug}`,
		settingsHref: more.maySet ? `/products/${slug}/settings` : null
	};
}

function statusOf(
	{ status, trialEndsOn, endedOn }: Subscription,
	attention: InvoiceDue | null
): ProductStatus {
	switch (status) {
		case 'active':
			return { kind: 'active' };
		case 'trial':
			return trialEndsOn ? { kind: 'trial', endsOn: trialEndsOn } : { kind: 'active' };
		case 'past_due':
			return { kind: 'past_due', worksUntil: null };
		case 'suspended':
			return {
				kind: 'suspended',
				keptUntil: null,
				pay: attention && {
					href: attention.payHref,
					amountMinor: attention.amountMinor,
					currency: attention.currency
				}
			};
		case 'ended':
			return { kind: 'ended', endedOn: endedOn ?? '', exportUntil: null, againHref: null };
	}
}

function viewOffer(product: Product, plans: Plan[]): OfferView {
	const own = plans.filter(({ productId }) => productId === product.id);
	const cheapest = own.reduce<Plan | null>(
		(least, plan) => (least && least.amountMinor <= plan.amountMinor ? least : plan),
		null
	);
	return {
		slug: product.slug,
		name: product.name,
		mark: product.mark,
		summary: product.summary,
		from: cheapest && { amountMinor: cheapest.amountMinor, currency: cheapest.currency },
		trialDays: cheapest?.trialDays ?? null,
		href: `/products/${product.slug}`
	};
}

interface Steps {
	bucket: 'hour' | 'day';
	current: string[];
	previous: string[];
	/** How many steps of the axis have begun. */
	begun: number;
}

/** The axis: hours for one day, civil dates otherwise; the running month goes on to its end. */
function stepsOf(range: DateRange, zone: string): Steps {
	if (range.from === range.to) {
		const hours = (day: string): string[] =>
			Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}:00`);
		const last = Temporal.Instant.fromEpochMilliseconds(range.end.getTime() - 1).toZonedDateTimeISO(
			zone
		);
		const begun = String(last.toPlainDate()) === range.from ? last.hour + 1 : 24;
		return {
			bucket: 'hour',
			current: hours(range.from),
			previous: hours(range.previous.from),
			begun
		};
	}
	const days = (from: string, to: string): string[] => {
		const first = Temporal.PlainDate.from(from);
		return Array.from({ length: first.until(to).days + 1 }, (_, index) =>
			String(first.add({ days: index }))
		);
	};
	const wholeMonth = (day: string): string => {
		const date = Temporal.PlainDate.from(day);
		return String(date.with({ day: date.daysInMonth }));
	};
	const begun = days(range.from, range.to).length;
	return range.key === 'month'
		? {
				bucket: 'day',
				current: days(range.from, wholeMonth(range.from)),
				previous: days(range.previous.from, wholeMonth(range.previous.from)),
				begun
			}
		: {
				bucket: 'day',
				current: days(range.from, range.to),
				previous: days(range.previous.from, range.previous.to),
				begun
			};
}

function monthEnd(from: string, zone: string): Date {
	const next = Temporal.PlainDate.from(from).with({ day: 1 }).add({ months: 1 });
	return new Date(next.toZonedDateTime(zone).epochMilliseconds);
}

function viewUsage(
	figures: HomeFigures,
	range: DateRange,
	steps: Steps,
	limit: number | null
): UsageView {
	const { total, previous, previousSteps } = figures.bytes;
	const elapsed = range.end.getTime() - range.start.getTime();
	const ahead = steps.begun < steps.current.length;
	// At the rate of the time gone by; in the first hours of a period that says nothing yet.
	const whole = (elapsed / steps.begun) * steps.current.length;
	const enough = elapsed > 24 * 3_600_000;
	return {
		steps: steps.current,
		current: steps.current
			.slice(0, steps.begun)
			.map((step) => figures.bytes.steps.get(step) ?? null),
		previous:
			previousSteps.size === 0 ? [] : steps.previous.map((step) => previousSteps.get(step) ?? null),
		total: total ?? 0,
		previousTotal: previous,
		expectedTotal: total !== null && ahead && enough ? Math.round((total * whole) / elapsed) : null,
		limit,
		href: '/usage'
	};
}

function listActions(
	scope: MemberScope,
	from: {
		firstReply: number | null;
		attention: InvoiceDue | null;
		lastInvoice: string | null;
		subscriptions: Subscription[];
		launchers: Map<string, Launcher>;
	}
): QuickAction[] {
	const actions: QuickAction[] = [
		{ kind: 'ticket', href: '/support/new', firstReplyMinutes: from.firstReply }
	];
	const { attention, lastInvoice } = from;
	if (attention) {
		actions.push({
			kind: 'pay',
			href: attention.payHref,
			amountMinor: attention.amountMinor,
			currency: attention.currency
		});
	}
	if (mayDo(scope.actor, 'member.add')) {
		const seated = from.subscriptions.find(({ seats }) => seats !== null);
		const people = seated ? (from.launchers.get(seated.product.id)?.people ?? 0) : 0;
		actions.push({
			kind: 'invite',
			href: '/settings/team',
			places: seated?.seats
				? {
						free: Math.max(0, seated.seats - people),
						of: seated.seats,
						product: seated.product.name
					}
				: null
		});
	}
	if (lastInvoice)
		actions.push({
			kind: 'invoice',
			href: `/billing/invoices/${lastInvoice}`,
			number: lastInvoice
		});
	return actions;
}
