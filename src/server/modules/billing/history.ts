import * as v from 'valibot';
import { PageSize } from '../../platform/cursor.ts';
import { newId } from '../../platform/ids.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

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

/** What became of a subscription, as it is told. */
export interface SubscriptionChange {
	id: string;
	at: Date;
	/** The civil day from which it holds. */
	onDay: string;
	kind: ChangeKind;
	from: ChangeSide;
	to: ChangeSide;
	/** Who did it, or null where it came about by itself or by the vendor. */
	personId: string | null;
	/** Their name, or which job or command. */
	madeBy: string;
	reason: string | null;
}

/** The history of a subscription, the newest first. */
export const listSubscriptionChanges = usecase(
	'billing.read',
	v.object({ subscriptionId: v.string() }),
	async ({ db }, { subscriptionId }): Promise<SubscriptionChange[]> => {
		const rows = await db
			.selectFrom('billing.subscription_changes')
			.select(['id', 'at', 'on_day', 'kind', 'from', 'to', 'by_person_id', 'made_by', 'reason'])
			.where('subscription_id', '=', subscriptionId)
			.orderBy('id', 'desc')
			.limit(200)
			.execute();
		return rows.map((row) => ({
			id: row.id,
			at: row.at,
			onDay: row.on_day,
			kind: row.kind as ChangeKind,
			from: row.from as ChangeSide,
			to: row.to as ChangeSide,
			personId: row.by_person_id,
			madeBy: row.made_by,
			reason: row.reason
		}));
	}
);

/** What became of any subscription of the scope's business, the newest first. */
export const readHistory = usecase(
	'billing.read',
	v.object({ limit: v.optional(PageSize, 50) }),
	async (scope, { limit }): Promise<(SubscriptionChange & { subscriptionId: string })[]> => {
		const rows = await scope.db
			.selectFrom('billing.subscription_changes')
			.select(['subscription_id', 'id', 'at', 'on_day', 'kind', 'from', 'to'])
			.select(['by_person_id', 'made_by', 'reason'])
			.where('business_id', '=', businessOf(scope))
			.orderBy('id', 'desc')
			.limit(limit)
			.execute();
		return rows.map((row) => ({
			subscriptionId: row.subscription_id,
			id: row.id,
			at: row.at,
			onDay: row.on_day,
			kind: row.kind as ChangeKind,
			from: row.from as ChangeSide,
			to: row.to as ChangeSide,
			personId: row.by_person_id,
			madeBy: row.made_by,
			reason: row.reason
		}));
	}
);
