import { readRange, type DateRange } from '#lib/format/ranges.ts';
import { wordActivity } from '#server/web/activity.ts';
import { once } from '#server/web/once.ts';
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
import type { Launcher } from '#server/modules/launch/index.ts';
import { readReferralSummary } from '#server/modules/referrals/index.ts';
import { readUsualFirstReply } from '#server/modules/support/index.ts';
import {
	listAlertQuestions,
	readHomeFigures,
	readQuantities,
	type AlertQuestion
} from '#server/modules/usage/index.ts';
import { readStandings, viewProducts, type Standings } from '../parts/products.server.ts';
import { stepsOf } from '../parts/steps.ts';
import { viewUsage } from '../parts/usage.server.ts';
import { readHomeQuery } from './address.ts';
import type { HomeView, InvoiceDue, NextBill, OfferView, QuickAction } from './view.ts';

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

	const [
		products,
		plans,
		subscriptions,
		standings,
		figures,
		joinings,
		referrals,
		activity,
		firstReply,
		money,
		questions
	] = await Promise.all([
		listProducts(scope, {}),
		listPlans(scope, {}),
		once(scope, listSubscriptions),
		readStandings(scope),
		readHomeFigures(scope, {
			from: range.start,
			to: range.end,
			previousFrom: range.previous.start,
			previousTo: range.previous.end,
			previousEnd: steps.previousEnd,
			bucket: steps.bucket
		}),
		listJoinings(scope, {}),
		readReferralSummary(scope, {}),
		listActivity(scope, { limit: feedLength }),
		readUsualFirstReply(scope, {}),
		seesMoney ? readMoney(scope) : null,
		mayDo(actor, 'alert.manage') ? listAlertQuestions(scope, {}) : []
	]);

	const running = subscriptions.filter(
		({ status }) => status === 'active' || status === 'trial' || status === 'past_due'
	);
	const included = range.key === 'month' ? sumIncluded(running) : null;
	const attention = money?.attention ?? null;

	return {
		now,
		zone,
		firstName: actor.name.split(' ')[0] ?? actor.name,
		vendor: 'Lixnet',
		range,
		query: readHomeQuery(params, range),
		attention,
		requests: viewRequests(standings),
		questions: viewQuestions(questions),
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
		products: await viewProducts(scope, {
			subscriptions,
			products,
			standings,
			figures: figures.products,
			pay: attention && {
				href: attention.payHref,
				amountMinor: attention.amountMinor,
				currency: attention.currency
			}
		}),
		offers: products
			.filter(({ id }) => !subscriptions.some(({ product }) => product.id === id))
			.map((product) => viewOffer(product, plans)),
		activity: { entries: activity.entries.map(wordActivity), href: '/activity' },
		usage: viewUsage(figures.bytes, range, steps, included, '/usage'),
		actions: listActions(scope, {
			firstReply,
			attention,
			lastInvoice: money?.lastInvoice ?? null,
			subscriptions,
			launchers: standings.launchers
		})
	};
}

async function readMoney(
	scope: MemberScope
): Promise<{ attention: InvoiceDue | null; next: NextBill; lastInvoice: string | null }> {
	const [attention, { invoices }, meters] = await Promise.all([
		once(scope, readAttention),
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

/** Who waits to be let into products, where the reader is the one to answer. */
function viewRequests({ requests }: Standings): HomeView['requests'] {
	const [first] = requests;
	if (!first) return null;
	const names = [...new Set(requests.map(({ product }) => product.name))];
	return {
		count: requests.length,
		products: names,
		href: `/products/${first.product.slug}#requests`
	};
}

/** What is asked of those who lead: limits that are reached. */
function viewQuestions(questions: readonly AlertQuestion[]): HomeView['questions'] {
	const [first] = questions;
	return first
		? {
				count: questions.length,
				meter: first.meter.name,
				product: first.product.name,
				href: '/usage/alerts#questions'
			}
		: null;
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

function viewOffer(product: Product, plans: Plan[]): OfferView {
	const own = plans.filter(
		({ productId, retiredAt }) => productId === product.id && retiredAt === null
	);
	const cheapest = own.reduce<Plan | null>(
		(least, plan) => (least && least.amountMinor <= plan.amountMinor ? least : plan),
		null
	);
	return {
		slug: product.slug,
		name: product.name,
		mark: product.mark,
		summary: product.summary,
		// A plan that asks by use alone has no price to begin from.
		from:
			cheapest && cheapest.amountMinor > 0n
				? { amountMinor: cheapest.amountMinor, currency: cheapest.currency }
				: null,
		trialDays: cheapest?.trialDays ?? null,
		href: `/products/${product.slug}`
	};
}

function listActions(
	scope: MemberScope,
	from: {
		firstReply: number | null;
		attention: InvoiceDue | null;
		lastInvoice: string | null;
		subscriptions: Subscription[];
		launchers: ReadonlyMap<string, Launcher>;
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
