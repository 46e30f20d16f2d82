import type { Scope } from '../../platform/scope.ts';
import { civilDate } from '../rating/index.ts';
import type { Action } from './schedule.ts';

export const outcomes = ['done', 'passed', 'nothing', 'asked', 'paid', 'failed'] as const;
/** README.md tells each. */
export type Outcome = (typeof outcomes)[number];

export interface TakenStep {
	step: string;
	action: Action;
	/** The day that it fell on. */
	on: string;
	takenAt: Date;
	outcome: Outcome;
	note: string | null;
}

/** What was done about an invoice, and when it was let be. */
export interface Record {
	steps: TakenStep[];
	/** Half-open civil days; the one that runs has no end. */
	holds: { from: string; to: string | null }[];
}

/** What was done about these invoices of any businesses that the door reaches, by invoice. */
export async function readRecords(
	{ db }: Scope,
	invoiceIds: readonly string[]
): Promise<Map<string, Record>> {
	const records = new Map<string, Record>(invoiceIds.map((id) => [id, { steps: [], holds: [] }]));
	if (invoiceIds.length === 0) return records;
	const [steps, holds] = await Promise.all([
		db
			.selectFrom('dunning.steps')
			.select(['invoice_id', 'step', 'action', 'on_day', 'taken_at', 'outcome', 'note'])
			.where('invoice_id', 'in', invoiceIds)
			.orderBy('on_day')
			// Of one day first what changed something, then what told of it.
			.orderBy(({ eb }) => eb('action', '=', 'remind'))
			.execute(),
		db
			.selectFrom('dunning.holds')
			.select(['invoice_id', 'held_on', 'resumed_on'])
			.where('invoice_id', 'in', invoiceIds)
			.orderBy('held_at')
			.execute()
	]);
	for (const row of steps)
		records.get(row.invoice_id)?.steps.push({
			step: row.step,
			action: row.action as Action,
			on: row.on_day,
			takenAt: row.taken_at,
			outcome: row.outcome as Outcome,
			note: row.note
		});
	for (const row of holds)
		records.get(row.invoice_id)?.holds.push({ from: row.held_on, to: row.resumed_on });
	return records;
}

/** The last civil day in a zone of which the hour has come: before it, a day's steps wait. */
export function workingDay(now: Date, timeZone: string, hour: number): string {
	return civilDate(new Date(now.getTime() - hour * 3_600_000), timeZone);
}
