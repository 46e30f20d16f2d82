import { readRange } from '#lib/format/ranges.ts';
import { m } from '#lib/paraglide/messages.js';
import {
	listSubscriptions,
	readAttention,
	type Attention,
	type Subscription
} from '#server/modules/billing/index.ts';
import {
	listProducts,
	listProductStates,
	type Product,
	type ProductState
} from '#server/modules/catalogue/index.ts';
import {
	listAccessRequests,
	listGranters,
	listLaunchers,
	type Access,
	type AccessRequest,
	type Launcher
} from '#server/modules/launch/index.ts';
import { readHomeFigures, type ProductFigures } from '#server/modules/usage/index.ts';
import { once } from '#server/web/once.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import type { Money, ProductAccess, ProductHealth, ProductStatus, ProductView } from './view.ts';

/** How products and the way into them stand, besides what the catalogue and the bill say. */
export interface Standings {
	launchers: ReadonlyMap<string, Launcher>;
	states: ReadonlyMap<string, ProductState>;
	/** Open, and for the reader to answer: none for those who answer nothing. */
	requests: readonly AccessRequest[];
}

export async function readStandings(scope: MemberScope): Promise<Standings> {
	const [launchers, states, requests] = await Promise.all([
		once(scope, listLaunchers),
		listProductStates(scope, {}),
		mayDo(scope.actor, 'launch.access-manage') ? listAccessRequests(scope, { open: true }) : []
	]);
	return { launchers, states, requests };
}

/** The business's products as home shows them, with the figures of the month so far, and what the vendor sells besides. */
export async function readProducts(scope: MemberScope): Promise<{
	own: ProductView[];
	others: Product[];
	subscriptions: Subscription[];
	standings: Standings;
}> {
	const month = readRange(new URLSearchParams(), scope.now, scope.actor.timeZone);
	const [products, subscriptions, standings, figures, attention] = await Promise.all([
		listProducts(scope, {}),
		once(scope, listSubscriptions),
		readStandings(scope),
		readHomeFigures(scope, {
			from: month.start,
			to: month.end,
			previousFrom: month.previous.start,
			previousTo: month.previous.end
		}),
		mayDo(scope.actor, 'billing.read') ? once(scope, readAttention) : null
	]);
	const own = await viewProducts(scope, {
		subscriptions,
		products,
		standings,
		figures: figures.products,
		pay: payOf(attention)
	});
	const others = products.filter(
		({ id }) => !subscriptions.some(({ product }) => product.id === id)
	);
	return { own, others, subscriptions, standings };
}

/** What pays the bill that is due first. */
export function payOf(attention: Attention | null): Sources['pay'] {
	if (!attention) return null;
	const { number, amountMinor, currency } = attention;
	return { href: `/billing/invoices/${number}#pay`, amountMinor, currency };
}

interface Sources {
	subscriptions: readonly Subscription[];
	products: readonly Product[];
	standings: Standings;
	figures: ReadonlyMap<string, ProductFigures>;
	/** What opens a suspended product again; null where money is not the reader's business. */
	pay: ({ href: string } & Money) | null;
}

/** The products of the business as their cards show them, in the vendor's order. */
export async function viewProducts(scope: MemberScope, from: Sources): Promise<ProductView[]> {
	const { launchers } = from.standings;
	const shutOut = from.subscriptions.some(({ product }) => !launchers.get(product.id)?.allowed);
	const limited = [...launchers.values()].some(({ limitedUntil }) => limitedUntil !== null);
	const granter = shutOut || limited ? ((await listGranters(scope, {}))[0] ?? null) : null;
	return from.subscriptions.flatMap((subscription) => {
		const product = from.products.find(({ id }) => id === subscription.product.id);
		return product ? [viewProduct(scope, { ...from, subscription, product, granter })] : [];
	});
}

function viewProduct(
	{ actor }: MemberScope,
	from: Omit<Sources, 'subscriptions' | 'products'> & {
		subscription: Subscription;
		product: Product;
		granter: string | null;
	}
): ProductView {
	const { product, subscription, standings } = from;
	const { id, slug, name, mark } = product;
	const launcher = standings.launchers.get(id);
	const figures = from.figures.get(id);
	const headline = product.headlineMeter ? figures?.latest[product.headlineMeter] : undefined;
	return {
		slug,
		name,
		mark,
		planName: subscription.plan.name,
		status: viewStatus(
			subscription,
			launcher ?? shut,
			from.pay,
			mayDo(actor, 'alert.manage') ? null : (from.granter ?? m.home_launch_somebody())
		),
		health: viewHealth(standings.states.get(id)),
		headline:
			headline === undefined ? null : { value: headline, label: product.headlineLabel ?? '' },
		activeUsers: figures?.activeUsers ?? null,
		lastAccess: launcher?.lastAccess ?? launcher?.lastAccessOfAnybody ?? null,
		continueLabel: launcher?.continueLabel ?? null,
		access: viewAccess(launcher, from.granter),
		newTab: launcher?.newTab ?? false,
		key: null,
		requests: standings.requests.filter((request) => request.product.id === id).length,
		settingsHref: mayDo(actor, 'launch.access-manage') ? `/products/${slug}/settings` : null
	};
}

function viewAccess(launcher: Launcher | undefined, ask: string | null): ProductAccess {
	if (launcher?.allowed) return { allowed: true };
	return { allowed: false, ask, askedAt: launcher?.request?.askedAt ?? null };
}

export function viewHealth(state: ProductState | undefined): ProductHealth {
	if (!state) return { now: null, planned: [] };
	const { now, planned } = state;
	return {
		now: now && {
			state: now.state,
			message: now.message,
			since: now.since,
			until: now.expectedUntil
		},
		planned
	};
}

/** Of a product that nothing is known of. */
const shut: Access = { mode: 'closed', closesAt: null, limitedUntil: null };

/** @param ask whom to ask where a limit has suspended it; null for those who may open it themselves */
export function viewStatus(
	subscription: Pick<Subscription, 'status' | 'trialEndsOn' | 'endedOn' | 'resumesOn'>,
	{ mode, closesAt, limitedUntil }: Access,
	pay: Sources['pay'],
	ask: string | null
): ProductStatus {
	const { status, trialEndsOn, endedOn } = subscription;
	const left = mode === 'full' ? 'closed' : mode;
	if (limitedUntil) return { kind: 'limited', mode: left, until: limitedUntil, ask };
	switch (status) {
		case 'active':
			return { kind: 'active' };
		case 'trial':
			return trialEndsOn ? { kind: 'trial', endsOn: trialEndsOn } : { kind: 'active' };
		case 'past_due':
			return { kind: 'past_due' };
		case 'suspended':
			return { kind: 'suspended', mode: left, closesAt, pay };
		case 'paused':
			return {
				kind: 'paused',
				mode: left === 'export_only' ? left : 'read_only',
				until: subscription.resumesOn
			};
		case 'ended':
			return { kind: 'ended', endedOn: endedOn ?? '' };
	}
}
