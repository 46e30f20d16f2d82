import { civilDate, formatDate } from '#lib/format/dates.ts';
import { formatMoney } from '#lib/format/money.ts';
import { m } from '#lib/paraglide/messages.js';
import type { IconName } from '#lib/ui/icons.ts';
import { conditionOf, momentOf } from './health.ts';
import type { ProductStatus, ProductView } from './view.ts';

interface Words {
	title: string;
	detail: string;
}

/** What the large button of a product does, if anything: its two lines, and where it leads. */
export type Doorway =
	/** Opens the product; `quiet` where not all of it works. */
	| ({ kind: 'launch'; quiet: boolean; beside: { title: string; href: string } | null } & Words)
	/** Leads to what opens it, or to a page that says what to expect. */
	| ({ kind: 'way'; href: string } & Words)
	/** Says why it is shut. */
	| ({ kind: 'shut'; icon: IconName } & Words);

type Suspended = ProductStatus & { kind: 'suspended' };
type Limited = ProductStatus & { kind: 'limited' };

/**
 * What is shut for the whole business comes before the reader's own access, and that before how the
 * product does: nobody is asked to ask for what would not open.
 */
export function doorwayOf(product: ProductView, now: Date, zone: string): Doorway {
	const { status, access } = product;
	if (status.kind === 'ended')
		return {
			kind: 'way',
			title: m.home_launch_again(),
			detail: m.home_launch_again_text(),
			href: `/products/${product.slug}#again`
		};
	if (status.kind === 'suspended' && status.mode === 'closed') return closed(status);
	if (status.kind === 'limited' && status.mode === 'closed') return limited(product, status, zone);
	if (!access.allowed) {
		if (status.kind === 'suspended' && status.pay) return closed(status);
		if (status.kind === 'limited' && status.ask === null) return limited(product, status, zone);
		return asking(product, access, now, zone);
	}
	if (product.health.now && product.health.now.state !== 'degraded')
		return anyway(product, now, zone);
	if (status.kind === 'limited')
		return {
			kind: 'launch',
			quiet: true,
			title:
				status.mode === 'export_only' ? m.home_launch_export_only() : m.home_launch_read_only(),
			detail: m.home_launch_limited({ date: dateOf(status, zone) }),
			beside:
				status.ask === null
					? { title: m.home_launch_limited_open(), href: whyLimited(product) }
					: null
		};
	return {
		kind: 'launch',
		quiet: status.kind === 'suspended' || status.kind === 'paused',
		...(status.kind === 'suspended'
			? { ...opensIn(status, zone), beside: payment(status) }
			: status.kind === 'paused'
				? { ...whilePaused(status), beside: null }
				: {
						title: m.home_launch({ product: product.name }),
						detail: landing(product),
						beside: null
					})
	};
}

/** Who may open it is led to where that is done. */
function limited(product: ProductView, status: Limited, zone: string): Doorway {
	const date = dateOf(status, zone);
	return status.ask === null
		? {
				kind: 'way',
				title: m.home_launch_limited_open(),
				detail:
					status.mode === 'closed'
						? m.home_launch_limited_closed_own({ date })
						: m.home_launch_limited({ date }),
				href: whyLimited(product)
			}
		: {
				kind: 'shut',
				title: m.home_launch_limited_closed({ date }),
				detail: m.home_launch_limited_closed_text({ person: status.ask }),
				icon: 'lock'
			};
}

const whyLimited = ({ slug }: ProductView): string => `/products/${slug}#suspended`;

const dateOf = ({ until }: Limited, zone: string): string => formatDate(civilDate(until, zone));

function landing({ status, continueLabel }: ProductView): string {
	if (status.kind === 'past_due') return m.home_launch_works();
	return continueLabel ? m.home_launch_continue({ place: continueLabel }) : m.home_launch_first();
}

function whilePaused({ mode, until }: ProductStatus & { kind: 'paused' }): Words {
	return {
		title: mode === 'export_only' ? m.home_launch_export_only() : m.home_launch_read_only(),
		detail: until ? m.home_launch_paused_until({ date: formatDate(until) }) : m.home_launch_paused()
	};
}

function opensIn({ mode, closesAt }: Suspended, zone: string): Words {
	return {
		title: mode === 'export_only' ? m.home_launch_export_only() : m.home_launch_read_only(),
		detail: closesAt
			? m.home_launch_closes({ date: formatDate(civilDate(closesAt, zone)) })
			: m.home_launch_until_paid()
	};
}

function payment({ pay }: Suspended): { title: string; href: string } | null {
	return (
		pay && {
			title: m.home_launch_pay_now({ amount: formatMoney(pay.amountMinor, pay.currency) }),
			href: pay.href
		}
	);
}

function closed({ pay }: Suspended): Doorway {
	const detail = m.home_launch_kept();
	if (!pay) return { kind: 'shut', title: m.home_launch_waits(), detail, icon: 'lock' };
	const amount = formatMoney(pay.amountMinor, pay.currency);
	return { kind: 'way', title: m.home_launch_pay({ amount }), detail, href: pay.href };
}

function asking(
	{ slug, settingsHref }: ProductView,
	{ ask, askedAt }: ProductView['access'] & { allowed: false },
	now: Date,
	zone: string
): Doorway {
	if (settingsHref)
		return {
			kind: 'way',
			title: m.home_launch_let_in(),
			detail: m.home_launch_let_in_text(),
			href: `${settingsHref}#access`
		};
	const href = `/products/${slug}#ask`;
	if (askedAt)
		return {
			kind: 'way',
			title: m.home_launch_asked(),
			detail: m.home_launch_asked_on({ moment: momentOf(askedAt, now, zone) }),
			href
		};
	return {
		kind: 'way',
		title: m.home_launch_ask(),
		detail: ask ? m.home_launch_ask_who({ person: ask }) : m.home_launch_ask_owner(),
		href
	};
}

/** The page behind it tells what to expect, and launches all the same. */
function anyway({ slug, health }: ProductView, now: Date, zone: string): Doorway {
	const condition = conditionOf(health, now, zone);
	return {
		kind: 'way',
		title: m.home_launch_anyway(),
		detail: condition ? `${condition.words} ${condition.when}` : '',
		href: `/launch/${slug}`
	};
}

/** Gives the first nine that a click would open their digits, in the order in which the page shows them. */
export function withKeys(products: readonly ProductView[], now: Date, zone: string): ProductView[] {
	let key = 0;
	return products.map((product) =>
		doorwayOf(product, now, zone).kind === 'launch' && key < 9
			? { ...product, key: (key += 1) }
			: product
	);
}
