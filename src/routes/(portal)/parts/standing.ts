import { daysBetween, civilDate, formatDate, formatTime } from '#lib/format/dates.ts';
import { formatMoney } from '#lib/format/money.ts';
import { byCount } from '#lib/format/plural.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { ProductStatus, ProductView } from './view.ts';

/** How a product stands with the business: its badge, and the line under its name. */
export interface Standing {
	tone: Tone;
	icon: IconName;
	words: string;
	line: string;
}

/** What the large button of a product does, if anything: its two lines, and where it leads. */
export type Doorway =
	/** Opens the product. */
	| { kind: 'launch'; title: string; detail: string }
	/** Leads to what opens it again. */
	| { kind: 'way'; title: string; detail: string; href: string }
	/** Says why it is shut. */
	| { kind: 'shut'; title: string; detail: string; icon: IconName };

export function standingOf(product: ProductView, now: Date, zone: string): Standing {
	const plan = m.home_product_plan({ plan: product.planName });
	const { status } = product;
	switch (status.kind) {
		case 'active':
			return { tone: 'ok', icon: 'check-circle', words: m.home_status_active(), line: plan };
		case 'trial': {
			const days = daysBetween(civilDate(now, zone), status.endsOn);
			return {
				tone: 'info',
				icon: 'clock',
				words: daysLeft(days),
				line: m.home_line_ends({ date: formatDate(status.endsOn) })
			};
		}
		case 'past_due':
			return { tone: 'warn', icon: 'warning', words: m.home_status_past_due(), line: plan };
		case 'suspended':
			return { tone: 'bad', icon: 'pause', words: m.home_status_suspended(), line: plan };
		case 'maintenance':
			return { tone: 'info', icon: 'wrench', words: m.home_status_maintenance(), line: plan };
		case 'ended':
			return {
				tone: 'still',
				icon: 'minus-circle',
				words: m.home_status_ended(),
				line: m.home_line_ended({ date: formatDate(status.endedOn) })
			};
	}
}

function daysLeft(days: number): string {
	if (days <= 0) return m.home_status_trial_last_day();
	return byCount(days, { one: m.home_status_trial_day, other: m.home_status_trial })({ days });
}

/** The status comes before the reader's own access: who may not launch still learns that the product is suspended. */
export function doorwayOf(product: ProductView, now: Date, zone: string): Doorway {
	const { status } = product;
	switch (status.kind) {
		case 'suspended':
			return suspended(status);
		case 'ended':
			return ended(status);
		case 'maintenance':
			return maintenance(status, now, zone);
		default:
			return product.access.allowed
				? {
						kind: 'launch',
						title: m.home_launch({ product: product.name }),
						detail: landing(product)
					}
				: {
						kind: 'shut',
						title: m.home_launch({ product: product.name }),
						detail: product.access.ask
							? m.home_launch_ask({ person: product.access.ask })
							: m.home_launch_ask_owner(),
						icon: 'lock'
					};
	}
}

function landing({ status, continueLabel }: ProductView): string {
	if (status.kind === 'past_due') {
		return status.worksUntil
			? m.home_launch_works_until({ date: formatDate(status.worksUntil) })
			: m.home_launch_works();
	}
	return continueLabel ? m.home_launch_continue({ place: continueLabel }) : m.home_launch_first();
}

function suspended({ pay, keptUntil }: ProductStatus & { kind: 'suspended' }): Doorway {
	const detail = keptUntil
		? m.home_launch_kept_until({ date: formatDate(keptUntil) })
		: m.home_launch_kept();
	if (!pay) return { kind: 'shut', title: m.home_launch_waits(), detail, icon: 'lock' };
	const amount = formatMoney(pay.amountMinor, pay.currency);
	return { kind: 'way', title: m.home_launch_pay({ amount }), detail, href: pay.href };
}

function ended({ exportUntil, againHref }: ProductStatus & { kind: 'ended' }): Doorway {
	const detail = exportUntil
		? m.home_launch_export({ date: formatDate(exportUntil) })
		: m.home_launch_export_over();
	if (!againHref) return { kind: 'shut', title: m.home_launch_ended(), detail, icon: 'lock' };
	return { kind: 'way', title: m.home_launch_again(), detail, href: againHref };
}

function maintenance(
	{ from, until }: ProductStatus & { kind: 'maintenance' },
	now: Date,
	zone: string
): Doorway {
	const day = civilDate(until, zone);
	const time = formatTime(until, zone);
	return {
		kind: 'shut',
		title:
			day === civilDate(now, zone)
				? m.home_launch_back_at({ time })
				: m.home_launch_back_on({ date: formatDate(day), time }),
		detail: m.home_launch_planned({ from: formatTime(from, zone), until: time }),
		icon: 'clock'
	};
}
