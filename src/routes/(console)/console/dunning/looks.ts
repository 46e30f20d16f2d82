import { byCount } from '#lib/format/plural.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Action, TakenStep } from '#server/modules/dunning/index.ts';

const names: Record<Action, () => string> = {
	remind: m.console_dunning_remind,
	past_due: m.console_dunning_past_due,
	charge: m.console_dunning_charge,
	suspend: m.console_dunning_suspend,
	end: m.console_dunning_end
};

export function actionName(action: Action): string {
	return names[action]();
}

/** When something is due, beside today. */
export function overdueWords(daysOverdue: number): string {
	if (daysOverdue === 0) return m.console_dunning_today();
	const days = Math.abs(daysOverdue);
	const words =
		daysOverdue > 0
			? { one: m.console_dunning_over_one, other: m.console_dunning_over }
			: { one: m.console_dunning_ahead_one, other: m.console_dunning_ahead };
	return byCount(days, words)({ days });
}

/** What came of a step: staff are told everything. */
export function outcomeWords({ outcome, note }: TakenStep): string {
	switch (outcome) {
		case 'done':
			return m.console_dunning_done();
		case 'passed':
			return m.console_dunning_passed();
		case 'asked':
			return m.console_dunning_asked();
		case 'paid':
			return m.console_dunning_paid({ reference: note ?? '' });
		case 'failed':
			return m.console_dunning_failed({ why: note ?? '' });
		case 'nothing':
			return note === 'no_way_to_charge'
				? m.console_dunning_no_way()
				: note === 'no_subscription'
					? m.console_dunning_no_subscription()
					: m.console_dunning_nothing();
	}
}
