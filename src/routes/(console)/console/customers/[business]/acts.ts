import { m } from '#lib/paraglide/messages.js';
import type { Act } from '#server/modules/desk/index.ts';

/** What was asked for. */
export function actWords(act: Act): string {
	switch (act.kind) {
		case 'payment':
			return m.console_act_payment({
				amount: `${act.currency} ${act.amount}`,
				reference: act.reference
			});
		case 'credit_note':
			return act.amount === undefined
				? m.console_act_credit_whole({ number: act.number })
				: m.console_act_credit({ number: act.number, amount: act.amount });
		case 'void':
			return m.console_act_void({ number: act.number });
		case 'write_off':
			return m.console_act_write_off({ number: act.number });
		case 'start':
			return m.console_act_start({ product: act.product, plan: act.plan });
	}
}
