import { formatExact, formatRate } from '#lib/format/prices.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Step } from '#server/modules/rating/index.ts';

/** How a part of an amount came about: `1,000 × KES 3`. */
export function stepWords(step: Step, currency: string): string {
	const money = (text: string | null) => formatRate(text ?? '0', currency);
	const quantity = formatExact(step.quantity ?? '0');
	const flat = step.flatAmount !== null && /[1-9]/.test(step.flatAmount) ? step.flatAmount : null;
	switch (step.kind) {
		case 'flat':
			return m.console_step_flat();
		case 'packages':
			return m.console_step_packages({ quantity, amount: money(step.unitAmount) });
		case 'percentage': {
			const words = m.console_step_percentage({
				percent: formatExact(step.ratePercent ?? '0'),
				amount: money(step.quantity)
			});
			return flat ? m.console_step_and({ words, amount: money(flat) }) : words;
		}
		case 'event_minimum':
			return m.console_step_event_minimum({ quantity, amount: money(step.unitAmount) });
		case 'event_maximum':
			return m.console_step_event_maximum({ quantity, amount: money(step.unitAmount) });
		case 'minimum':
			return m.console_step_minimum({ amount: money(flat) });
		case 'maximum':
			return m.console_step_maximum({ amount: money(flat) });
		default: {
			const words = m.console_step_units({ quantity, amount: money(step.unitAmount) });
			return flat ? m.console_step_and({ words, amount: money(flat) }) : words;
		}
	}
}
