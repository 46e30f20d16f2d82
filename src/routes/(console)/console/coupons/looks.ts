import { formatMoney } from '#lib/format/money.ts';
import { byCount } from '#lib/format/plural.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { Coupon } from '#server/modules/catalogue/index.ts';

/** Whether a coupon is still taken, as its badge says it. */
export function couponLook({ state, limitInAll, redeemed }: Coupon): {
	tone: Tone;
	icon: IconName;
	words: string;
} {
	if (state === 'ended') return { tone: 'still', icon: 'ban', words: m.console_coupon_ended() };
	if (state === 'expired')
		return { tone: 'still', icon: 'clock', words: m.console_coupon_expired() };
	if (limitInAll !== null && redeemed >= limitInAll)
		return { tone: 'still', icon: 'check', words: m.console_coupon_used_up() };
	return { tone: 'ok', icon: 'check-circle', words: m.console_coupon_taken() };
}

/** `15% off, for 3 periods` */
export function couponWords({ amountMinor, currency, percent, duration, periods }: Coupon): string {
	const off =
		amountMinor !== null && currency !== null
			? m.console_coupon_off({ what: formatMoney(amountMinor, currency) })
			: m.console_coupon_off({ what: `${Number(percent)}%` });
	if (duration === 'once') return m.console_coupon_once({ off });
	if (duration === 'for_ever') return m.console_coupon_for_ever({ off });
	const count = periods ?? 1;
	return byCount(count, {
		one: m.console_coupon_for_one,
		other: m.console_coupon_for
	})({ off, count });
}

/** `3 of 100`, `3` */
export function usedWords({ redeemed, limitInAll }: Coupon): string {
	return limitInAll === null
		? String(redeemed)
		: m.console_coupon_used_of({ used: redeemed, limit: limitInAll });
}
