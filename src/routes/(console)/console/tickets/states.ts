import { m } from '#lib/paraglide/messages.js';
import type { TicketState } from '#server/modules/support/index.ts';
import type { StateLook } from '../../../(portal)/support/states.ts';

/** How a ticket stands in the eyes of staff: what the customer sees, from the other side. */
export function stateLook(state: TicketState): StateLook {
	switch (state) {
		case 'open':
			return { tone: 'warn', icon: 'clock', words: m.console_state_open() };
		case 'waiting':
			return { tone: 'info', icon: 'message', words: m.console_state_waiting() };
		case 'closed':
			return { tone: 'still', icon: 'check-circle', words: m.support_state_closed() };
	}
}
