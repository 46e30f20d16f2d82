import { byCount } from '#lib/format/plural.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Badge.svelte';
import type { IconName } from '#lib/ui/icons.ts';
import type { TicketState } from '#server/modules/support/index.ts';

export interface StateLook {
	tone: Tone;
	icon: IconName;
	words: string;
}

/** In the order in which a ticket goes through them. */
export const ticketStates: readonly TicketState[] = ['open', 'waiting', 'closed'];

/** How a ticket stands in the eyes of the customer. */
export function stateLook(state: TicketState): StateLook {
	switch (state) {
		case 'open':
			return { tone: 'info', icon: 'dot', words: m.support_state_open() };
		case 'waiting':
			return { tone: 'warn', icon: 'message', words: m.support_state_waiting() };
		case 'closed':
			return { tone: 'still', icon: 'check-circle', words: m.support_state_closed() };
	}
}

/** A state out of an address, where any text may stand. */
export function readState(text: string | null): TicketState | undefined {
	return ticketStates.find((state) => state === text);
}

/** How long a reply takes, in minutes up to an hour and a half, then in hours; a minute at least. */
export function replyTime(taken: number): string {
	const minutes = Math.max(1, taken);
	if (minutes < 90)
		return byCount(minutes, { one: m.support_minute, other: m.support_minutes })({ minutes });
	const hours = Math.round(minutes / 60);
	return byCount(hours, { one: m.support_hour, other: m.support_hours })({ hours });
}
