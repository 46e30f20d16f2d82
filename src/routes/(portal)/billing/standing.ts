import { daysBetween, formatDate } from '#lib/format/dates.ts';
import { formatMoney } from '#lib/format/money.ts';
import { byCount } from '#lib/format/plural.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { InvoiceSummary, Subscription } from '#server/modules/billing/index.ts';

/** How an invoice or a subscription stands: its badge, and the line under it. */
export interface Standing {
	tone: Tone;
	icon: IconName;
	words: string;
	line: string;
}

/** From when on a date that is near is told in colour. */
const soonDays = 7;

type Dues = Pick<
	InvoiceSummary,
	'status' | 'dueOn' | 'paidOn' | 'paidMinor' | 'totalMinor' | 'currency'
>;

/** @param today the civil date of the business */
export function invoiceStanding(invoice: Dues, today: string): Standing {
	switch (invoice.status) {
		case 'paid':
			return {
				tone: 'ok',
				icon: 'check-circle',
				words: m.billing_status_paid(),
				line: invoice.paidOn ? m.billing_on({ date: formatDate(invoice.paidOn) }) : ''
			};
		case 'void':
			return { tone: 'still', icon: 'ban', words: m.billing_status_void(), line: '' };
		case 'uncollectible':
			return { tone: 'still', icon: 'ban', words: m.billing_status_uncollectible(), line: '' };
		case 'open':
			return { ...due(daysBetween(today, invoice.dueOn)), line: lineOf(invoice) };
	}
}

function due(days: number): Omit<Standing, 'line'> {
	if (days < 0)
		return {
			tone: 'bad',
			icon: 'warning',
			words: byCount(-days, {
				one: m.billing_status_overdue_one,
				other: m.billing_status_overdue
			})({ days: -days })
		};
	const words =
		days === 0
			? m.billing_status_due_today()
			: byCount(days, { one: m.billing_status_due_one, other: m.billing_status_due })({ days });
	return { tone: days <= soonDays ? 'warn' : 'still', icon: 'clock', words };
}

function lineOf({ dueOn, paidMinor, currency }: Dues): string {
	return paidMinor > 0n
		? m.billing_part_paid({ amount: formatMoney(paidMinor, currency) })
		: m.billing_by({ date: formatDate(dueOn) });
}

/** @param today the civil date of the business */
export function subscriptionStanding(
	subscription: Pick<
		Subscription,
		'status' | 'trialEndsOn' | 'endedOn' | 'renewsOn' | 'cancelsOn' | 'resumesOn'
	>,
	today: string
): Standing {
	const { trialEndsOn, endedOn, renewsOn, cancelsOn, resumesOn } = subscription;
	const renews = cancelsOn
		? m.billing_ends({ date: formatDate(cancelsOn) })
		: renewsOn
			? formatDate(renewsOn)
			: m.billing_renews_not();
	switch (subscription.status) {
		case 'active':
			return { tone: 'ok', icon: 'check-circle', words: m.billing_sub_active(), line: renews };
		case 'trial': {
			const days = trialEndsOn ? daysBetween(today, trialEndsOn) : 0;
			return {
				tone: 'info',
				icon: 'clock',
				words:
					days > 0
						? byCount(days, { one: m.billing_sub_trial_one, other: m.billing_sub_trial })({ days })
						: m.billing_sub_trial_last(),
				line: trialEndsOn ? m.billing_ends({ date: formatDate(trialEndsOn) }) : ''
			};
		}
		case 'past_due':
			return { tone: 'warn', icon: 'warning', words: m.billing_sub_past_due(), line: renews };
		case 'suspended':
			return { tone: 'bad', icon: 'pause', words: m.billing_sub_suspended(), line: renews };
		case 'paused':
			return {
				tone: 'warn',
				icon: 'pause',
				words: m.billing_sub_paused(),
				line: resumesOn
					? m.billing_resumes({ date: formatDate(resumesOn) })
					: m.billing_renews_not()
			};
		case 'ended':
			return {
				tone: 'still',
				icon: 'minus-circle',
				words: m.billing_sub_ended(),
				line: endedOn ? m.billing_ended({ date: formatDate(endedOn) }) : ''
			};
	}
}
