import { newId } from '../../platform/ids.ts';
import type { Scope } from '../../platform/scope.ts';

/** What can become of a subscription. `taken_back` is of what was planned: another plan, seats, a pause. */
export const changeKinds = [
	'started',
	'status',
	'plan',
	'seats',
	'cancelled',
	'kept',
	'paused',
	'resumed',
	'taken_back'
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** What was so before and is so after: only what the change touched. Amounts are not among them. */
export type ChangeSide = Partial<{
	status: string;
	plan: string;
	planVersion: number;
	seats: number | null;
	cancelsOn: string | null;
	pausedOn: string | null;
	resumesOn: string | null;
	trialEndsOn: string | null;
	coupon: string;
}>;

export interface Happening {
	businessId: string;
	subscriptionId: string;
	kind: ChangeKind;
	/** The civil day from which it holds. */
	onDay: string;
	from: ChangeSide;
	to: ChangeSide;
	reason?: string | null;
}

/** Writes what happened into the history of its subscription; many in one statement. */
export async function record(
	{ db, actor, now }: Scope,
	...happenings: readonly Happening[]
): Promise<void> {
	if (happenings.length === 0) return;
	await db
		.insertInto('billing.subscription_changes')
		.values(
			happenings.map(({ businessId, subscriptionId, kind, onDay, from, to, reason }) => ({
				business_id: businessId,
				subscription_id: subscriptionId,
				id: newId('suc', now),
				at: now,
				on_day: onDay,
				kind,
				from: JSON.stringify(from),
				to: JSON.stringify(to),
				by_person_id: actor.kind === 'member' || actor.kind === 'staff' ? actor.personId : null,
				made_by: actor.kind === 'system' ? actor.job : 'name' in actor ? actor.name : actor.slug,
				reason: reason ?? null
			}))
		)
		.execute();
}
