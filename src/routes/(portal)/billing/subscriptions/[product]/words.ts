import { formatDate } from '#lib/format/dates.ts';
import { formatMoney } from '#lib/format/money.ts';
import { formatExact } from '#lib/format/prices.ts';
import { byCount } from '#lib/format/plural.ts';
import { m } from '#lib/paraglide/messages.js';
import type { AppliedCoupon, SubscriptionChange } from '#server/modules/billing/index.ts';

/** What happened, as the history says it: `Plan Growth instead of Starter`. */
export function changeWords({ kind, from, to }: SubscriptionChange): string {
	const day = (civil: string | null | undefined) => (civil ? formatDate(civil) : '');
	switch (kind) {
		case 'started':
			return to.status === 'trial'
				? m.subs_history_trial({ plan: to.plan ?? '' })
				: m.subs_history_started({ plan: to.plan ?? '' });
		case 'plan':
			return from.plan === to.plan
				? m.subs_history_version({ plan: to.plan ?? '' })
				: m.subs_history_plan({ from: from.plan ?? '', to: to.plan ?? '' });
		case 'seats':
			return m.subs_history_seats({ from: seats(from.seats), to: seats(to.seats) });
		case 'cancelled':
			return m.subs_history_cancelled({ date: day(to.cancelsOn) });
		case 'kept':
			return m.subs_history_kept();
		case 'paused':
			return to.resumesOn
				? m.subs_history_paused_until({ date: day(to.resumesOn) })
				: m.subs_history_paused();
		case 'resumed':
			return m.subs_history_resumed();
		case 'taken_back':
			return from.pausedOn ? m.subs_history_unpaused() : m.subs_history_unplanned();
		case 'status':
			return statusWords(to.status);
	}
}

const seats = (count: number | null | undefined): string =>
	count === null || count === undefined ? '–' : String(count);

function statusWords(status: string | undefined): string {
	switch (status) {
		case 'past_due':
			return m.subs_history_past_due();
		case 'suspended':
			return m.subs_history_suspended();
		case 'paused':
			return m.subs_history_paused();
		case 'ended':
			return m.subs_history_ended();
		default:
			return m.subs_history_active();
	}
}

/** `Early bird: 15% off, for 3 more invoices` */
export function couponWords({
	name,
	percent,
	amountMinor,
	currency,
	periodsLeft
}: AppliedCoupon): string {
	const off =
		percent === null
			? m.subs_coupon_off({ amount: formatMoney(amountMinor ?? 0n, currency ?? '') })
			: m.subs_coupon_off({ amount: `${formatExact(percent)}%` });
	const left =
		periodsLeft === null
			? m.subs_coupon_always()
			: byCount(periodsLeft, { one: m.subs_coupon_one, other: m.subs_coupon_some })({
					count: String(periodsLeft)
				});
	return m.subs_coupon({ name, off, left });
}
