import { sql } from 'kysely';
import * as v from 'valibot';
import { CursorOf, cutPage, PageSize } from '../../platform/cursor.ts';
import { NotFound } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { announce } from '../../platform/live.ts';
import type { Member, Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

export type NotificationKind =
	| 'invoice_issued'
	| 'invoice_due'
	| 'invoice_overdue'
	| 'invoice_voided'
	| 'credit_note_issued'
	| 'ticket_answered'
	| 'access_granted'
	| 'access_requested'
	| 'access_answered'
	| 'export_reported'
	| 'trial_ending'
	| 'subscription_past_due'
	| 'subscription_suspended'
	| 'subscription_paused'
	| 'subscription_closing'
	| 'subscription_active'
	| 'subscription_ended'
	| 'state_planned'
	| 'state_started'
	| 'state_ended'
	| 'state_called_off'
	| 'usage_alert'
	| 'usage_suspended'
	| 'usage_open';

export interface Told {
	businessId: string;
	personIds: string[];
	/** Tells each person the same thing once. */
	key: string;
	kind: NotificationKind;
	params: Record<string, string>;
	at: Date;
}

/** Tells some people of a business one thing; who was told already is not told again. */
export async function notify(scope: Scope, told: Told): Promise<void> {
	if (told.personIds.length === 0) return;
	const rows = await scope.db
		.insertInto('notifications.notifications')
		.values(
			told.personIds.map((personId) => ({
				business_id: told.businessId,
				id: newId('not', told.at),
				person_id: personId,
				key: told.key,
				kind: told.kind,
				params: JSON.stringify(told.params),
				created_at: told.at
			}))
		)
		.onConflict((conflict) => conflict.columns(['business_id', 'person_id', 'key']).doNothing())
		.returning('id')
		.execute();
	if (rows.length > 0) await announce(scope, told.businessId, 'notifications');
}

/** How many notifications the person at the door has not read. */
export const countUnread = usecase('notification.read', v.object({}), async (scope) => {
	const { businessId, personId } = readerOf(scope);
	const { count } = await scope.db
		.selectFrom('notifications.notifications')
		.select(({ fn }) => fn.countAll<bigint>().as('count'))
		.where('business_id', '=', businessId)
		.where('person_id', '=', personId)
		.where('read_at', 'is', null)
		.executeTakeFirstOrThrow();
	return Number(count);
});

export interface NotificationView {
	id: string;
	kind: NotificationKind;
	/** What its words are made from: README.md. */
	params: Record<string, string>;
	at: Date;
	readAt: Date | null;
}

/** The notifications of the person at the door, newest first. `next` continues behind the last. */
export const listNotifications = usecase(
	'notification.read',
	v.object({
		limit: v.optional(PageSize, 20),
		before: v.optional(CursorOf('not')),
		unread: v.optional(v.boolean(), false)
	}),
	async (
		scope,
		{ limit, before, unread }
	): Promise<{ notifications: NotificationView[]; next: string | null }> => {
		const { businessId, personId } = readerOf(scope);
		let query = scope.db
			.selectFrom('notifications.notifications')
			.select(['id', 'kind', 'params', 'created_at', 'read_at'])
			.where('business_id', '=', businessId)
			.where('person_id', '=', personId);
		if (unread) query = query.where('read_at', 'is', null);
		if (before) query = query.where(sql<boolean>`(created_at, id) < (${before.at}, ${before.id})`);
		const rows = await query
			.orderBy('created_at', 'desc')
			.orderBy('id', 'desc')
			.limit(limit + 1)
			.execute();
		const { page, next } = cutPage(rows, limit, (row) => row.created_at);
		const notifications = page.map((row) => ({
			id: row.id,
			kind: row.kind as NotificationKind,
			params: row.params as Record<string, string>,
			at: row.created_at,
			readAt: row.read_at
		}));
		return { notifications, next };
	}
);

const MarkRead = v.object({
	/** One notification; without it all. */
	id: v.optional(
		v.custom<string>((value) => isId('not', value), 'This is not the id of a notification.')
	),
	/** Those up to this moment alone: what came while the list was being read stays unread. */
	until: v.optional(v.date())
});

/** Reading what was read already changes nothing. @throws NotFound for one that is not the person's own. */
export const markRead = usecase('notification.read', MarkRead, async (scope, { id, until }) => {
	const { businessId, personId } = readerOf(scope);
	let query = scope.db
		.updateTable('notifications.notifications')
		.set({ read_at: sql`coalesce(read_at, greatest(created_at, ${scope.now}))` })
		.where('business_id', '=', businessId)
		.where('person_id', '=', personId);
	if (id) query = query.where('id', '=', id);
	else query = query.where('read_at', 'is', null);
	if (until) query = query.where('created_at', '<=', until);
	const { numUpdatedRows } = await query.executeTakeFirst();
	if (id && numUpdatedRows === 0n) throw new NotFound('This notification');
	await announce(scope, businessId, 'notifications');
});

function readerOf({ actor }: Scope): Member {
	if (actor.kind !== 'member') throw new Error('Only a person has notifications.');
	return actor;
}
