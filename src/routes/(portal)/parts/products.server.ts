import { readRange } from '#lib/format/ranges.ts';
import {
	listSubscriptions,
	readAttention,
	type Attention,
	type Subscription
} from '#server/modules/billing/index.ts';
import { listProducts, type Product } from '#server/modules/catalogue/index.ts';
import { listGranters, listLaunchers, type Launcher } from '#server/modules/launch/index.ts';
import { readHomeFigures, type ProductFigures } from '#server/modules/usage/index.ts';
import { mayDo, type MemberScope } from '#server/web/page.ts';
import type { Money, ProductStatus, ProductView } from './view.ts';

/** The business's products as home shows them, with the figures of the month so far, and what the vendor sells besides. */
export async function readProducts(scope: MemberScope): Promise<{
	own: ProductView[];
	others: Product[];
	subscriptions: Subscription[];
	launchers: ReadonlyMap<string, Launcher>;
}> {
	const month = readRange(new URLSearchParams(), scope.now, scope.actor.timeZone);
	const [products, subscriptions, launchers, figures, attention] = await Promise.all([
		listProducts(scope, {}),
		listSubscriptions(scope, {}),
		listLaunchers(scope, {}),
		readHomeFigures(scope, {
			from: month.start,
			to: month.end,
			previousFrom: month.previous.start,
			previousTo: month.previous.end
		}),
		mayDo(scope.actor, 'billing.read') ? readAttention(scope, {}) : null
	]);
	const own = await viewProducts(scope, {
		subscriptions,
		products,
		launchers,
		figures: figures.products,
		pay: payOf(attention)
	});
	const others = products.filter(
		({ id }) => !subscriptions.some(({ product }) => product.id === id)
	);
	return { own, others, subscriptions, launchers };
}

function payOf(attention: Attention | null): Sources['pay'] {
	if (!attention) return null;
	const { number, amountMinor, currency } = attention;
	return { href: `/billing/invoices/${number}#pay`, amountMinor, currency };
}

interface Sources {
	subscriptions: readonly Subscription[];
	products: readonly Product[];
	launchers: ReadonlyMap<string, Launcher>;
	figures: ReadonlyMap<string, ProductFigures>;
	/** What opens a suspended product again; null where money is not the reader's business. */
	pay: ({ href: string } & Money) | null;
}

/** The products of the business as their cards show them, in the vendor's order. */
export async function viewProducts(scope: MemberScope, from: Sources): Promise<ProductView[]> {
	const shutOut = from.subscriptions.some(
		({ product }) => !from.launchers.get(product.id)?.allowed
	);
	const granter = shutOut ? ((await listGranters(scope, {}))[0] ?? null) : null;
	const maySet = mayDo(scope.actor, 'launch.access-manage');
	return from.subscriptions.map((subscription) =>
		viewProduct(subscription, {
			product: from.products.find(({ id }) => id === subscription.product.id),
			launcher: from.launchers.get(subscription.product.id),
			figures: from.figures.get(subscription.product.id),
			granter,
			pay: from.pay,
			maySet
		})
	);
}

function viewProduct(
	subscription: Subscription,
	more: {
		product: Product | undefined;
		launcher: Launcher | undefined;
		figures: ProductFigures | undefined;
		granter: string | null;
		pay: Sources['pay'];
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
		status: statusOf(subscription, more.pay),
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
	pay: Sources['pay']
): ProductStatus {
	switch (status) {
		case 'active':
			return { kind: 'active' };
		case 'trial':
			return trialEndsOn ? { kind: 'trial', endsOn: trialEndsOn } : { kind: 'active' };
		case 'past_due':
			return { kind: 'past_due', worksUntil: null };
		case 'suspended':
			return { kind: 'suspended', keptUntil: null, pay };
		case 'ended':
			return { kind: 'ended', endedOn: endedOn ?? '', exportUntil: null, againHref: null };
	}
}
