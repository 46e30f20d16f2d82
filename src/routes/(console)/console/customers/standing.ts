import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { CustomerStanding } from '#server/modules/billing/index.ts';

interface Look {
	tone: Tone;
	icon: IconName;
	words: string;
}

/** How a customer stands, the worst first. */
export function customerLook(
	has: readonly Pick<CustomerStanding['subscriptions'][number], 'status'>[],
	owed: readonly Pick<CustomerStanding['owed'][number], 'overdueMinor'>[]
): Look {
	const any = (status: string) => has.some((one) => one.status === status);
	if (any('suspended')) return { tone: 'bad', icon: 'pause', words: m.billing_sub_suspended() };
	if (owed.some(({ overdueMinor }) => overdueMinor > 0n))
		return { tone: 'bad', icon: 'warning', words: m.console_customer_overdue() };
	if (any('past_due')) return { tone: 'warn', icon: 'warning', words: m.billing_sub_past_due() };
	if (any('paused')) return { tone: 'warn', icon: 'pause', words: m.billing_sub_paused() };
	if (any('active')) return { tone: 'ok', icon: 'check-circle', words: m.billing_sub_active() };
	if (any('trial')) return { tone: 'info', icon: 'clock', words: m.console_customer_trial() };
	return { tone: 'still', icon: 'minus-circle', words: m.console_customer_nothing() };
}
