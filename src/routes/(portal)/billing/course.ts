import { formatDate } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { PlannedStep, Standing, TakenStep } from '#server/modules/dunning/index.ts';

/** A step in words. */
interface StepWords {
	key: string;
	what: string;
	on: string;
	tone: 'done' | 'bad' | 'ahead';
}

/** What was done about an unpaid invoice, then what will be, by the days that it falls on. */
export function daysOf({ taken, ahead }: Pick<Standing, 'taken' | 'ahead'>): {
	on: string;
	tone: StepWords['tone'];
	steps: StepWords[];
}[] {
	const steps = [...taken.map(takenWords), ...ahead.map(aheadWords)].filter(
		(step) => step !== null
	);
	const days: ReturnType<typeof daysOf> = [];
	for (const step of steps) {
		const day = days.at(-1);
		if (day?.on === step.on && (day.tone === 'ahead') === (step.tone === 'ahead')) {
			day.steps.push(step);
			if (step.tone === 'bad') day.tone = 'bad';
		} else days.push({ on: step.on, tone: step.tone, steps: [step] });
	}
	return days;
}

/** What was done about an invoice; what a later step told as well is not told twice. */
function takenWords({ step, action, on, outcome, note }: TakenStep): StepWords | null {
	const told = (what: string, tone: StepWords['tone'] = 'done') => ({ key: step, what, on, tone });
	if (outcome === 'passed') return null;
	switch (action) {
		case 'remind':
			return told(m.dunning_reminded());
		case 'charge':
			if (outcome === 'paid') return told(m.dunning_charged());
			if (outcome === 'failed') return told(m.dunning_charge_failed({ why: note ?? '' }), 'bad');
			if (outcome === 'asked') return told(m.dunning_charge_asked());
			return note === 'no_way_to_charge' ? told(m.dunning_charge_none()) : null;
		case 'past_due':
			return outcome === 'done' ? told(m.dunning_past_due_done(), 'bad') : null;
		case 'suspend':
			return outcome === 'done' ? told(m.dunning_suspend_done(), 'bad') : null;
		case 'end':
			return outcome === 'done' ? told(m.dunning_end_done(), 'bad') : null;
	}
}

/** What will be done if the invoice stays unpaid. */
function aheadWords({ slug, action, on }: PlannedStep): StepWords {
	return { key: slug, what: willBe[action](), on, tone: 'ahead' };
}

/** In one sentence what becomes of an overdue invoice; null for one that is not, or with which nothing more is done. */
export function nextWords({ daysOverdue, heldSince, ahead }: Standing): string | null {
	if (heldSince) return m.dunning_held({ date: formatDate(heldSince) });
	const next = ahead.find(({ action }) => action !== 'remind' && action !== 'charge');
	if (daysOverdue <= 0 || !next) return null;
	return m.dunning_next({ what: willBe[next.action](), date: formatDate(next.on) });
}

const willBe: Record<PlannedStep['action'], () => string> = {
	remind: m.dunning_remind,
	past_due: m.dunning_past_due,
	charge: m.dunning_charge,
	suspend: m.dunning_suspend,
	end: m.dunning_end
};
