import { formatDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { SubscriptionChange } from '#server/modules/billing/index.ts';

/** What became of a subscription, in words: `Seats: 12 become 20`. */
export function happenedWords({
	kind,
	from,
	to
}: Pick<SubscriptionChange, 'kind' | 'from' | 'to'>): string {
	switch (kind) {
		case 'started':
			return m.console_happened_started();
		case 'status':
			return m.console_happened_status({
				from: statusWords(from.status),
				to: statusWords(to.status)
			});
		case 'plan':
			return m.console_happened_plan({ from: from.plan ?? '', to: to.plan ?? '' });
		case 'seats':
			return m.console_happened_seats({
				from: from.seats ?? m.plan_says_nothing(),
				to: to.seats ?? m.plan_says_nothing()
			});
		case 'cancelled':
			return to.cancelsOn
				? m.console_happened_cancelled({ date: formatDate(to.cancelsOn) })
				: m.console_happened_cancelled_now();
		case 'kept':
			return m.console_happened_kept();
		case 'paused':
			return m.console_happened_paused();
		case 'resumed':
			return m.console_happened_resumed();
		case 'taken_back':
			return m.console_happened_taken_back();
	}
}

function statusWords(status: string | undefined): string {
	switch (status) {
		case 'trial':
			return m.console_customer_trial();
		case 'active':
			return m.billing_sub_active();
		case 'past_due':
			return m.billing_sub_past_due();
		case 'suspended':
			return m.billing_sub_suspended();
		case 'paused':
			return m.billing_sub_paused();
		default:
			return m.billing_sub_ended();
	}
}
