import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';
import type { Period } from '../rating/index.ts';
import type { Agreement } from './agreements.ts';

/** What a change writes of a subscription: what members may, too. */
export type Columns = Partial<{
	plan_id: string;
	plan_version: number;
	seats: number | null;
	next_plan_id: string | null;
	next_plan_version: number | null;
	next_seats: number | null;
	cancels_on: string | null;
	cancel_reason: string | null;
	paused_on: string | null;
	resumes_on: string | null;
	anchor_on: string;
	period_start: string;
	period_end: string;
	renews_on: string | null;
	advance_billed_until: string;
	closes_on: string | null;
}>;

/** Whoever has seen it as it was before finds another version. */
export async function updateSubscription(
	{ db }: Scope,
	{ businessId, id }: Agreement,
	columns: Columns
): Promise<void> {
	await db
		.updateTable('billing.subscriptions')
		.set((row) => ({ ...columns, version: row('version', '+', 1) }))
		.where('business_id', '=', businessId)
		.where('id', '=', id)
		.execute();
}

/** Leaves what is paid afterwards of a part of the period for closing to bill, by the plan that holds. */
export async function writeEndedPeriod(
	{ db, now }: Scope,
	{ businessId, id, terms, seats, anchorOn }: Agreement,
	{ start, end }: Period
): Promise<void> {
	await db
		.insertInto('billing.ended_periods')
		.values({
			business_id: businessId,
			id: newId('prt', now),
			subscription_id: id,
			plan_id: terms.planId,
			plan_version: terms.version,
			seats,
			anchor_on: anchorOn,
			period_start: start,
			period_end: end
		})
		.execute();
}
