import { sql } from 'kysely';
import { authorize, type Scope, type System } from '../../platform/scope.ts';
import type { StateKind } from './states.ts';

/** What people have not been told of yet. */
export interface StateToTell {
	id: string;
	productId: string;
	/** The product's slug and name. */
	product: string;
	name: string;
	state: StateKind;
	message: string;
	from: Date;
	/** When it should be over, or was. */
	until: Date | null;
	/** `called-off`: a maintenance that people know of will not take place. */
	what: 'planned' | 'started' | 'ended' | 'called-off';
}

/**
 * States of products whose plan, start or end nobody has been told of, the oldest first. The end is told only
 * where the start was, and what came and went unnoticed is not told at all.
 */
export async function listStatesToTell(scope: Scope<System>): Promise<StateToTell[]> {
	authorize(scope, 'notification.send');
	const { db, now } = scope;
	const rows = await db
		.selectFrom('catalogue.product_states as s')
		.innerJoin('catalogue.products as p', 'p.id', 's.product_id')
		.select([
			's.id',
			's.product_id as productId',
			'p.slug as product',
			'p.name',
			's.message',
			's.starts_at as from',
			sql<StateKind>`s.state`.as('state'),
			sql<Date | null>`coalesce(s.ended_at, s.expected_until)`.as('until'),
			sql<StateToTell['what'] | null>`case
				when s.starts_at > ${now} then case
					when s.ended_at is null and s.plan_told_at is null then 'planned'
					when s.ended_at is not null and s.plan_told_at is not null then 'called-off' end
				when s.start_told_at is null then case
					when not ${isOver(now)} then 'started'
					when s.plan_told_at is not null and s.ended_at <= s.starts_at then 'called-off' end
				when ${isOver(now)} then 'ended' end`.as('what')
		])
		.where('s.end_told_at', 'is', null)
		.orderBy('s.starts_at')
		.orderBy('s.id')
		.forUpdate('s')
		.execute();
	return rows.flatMap(({ what, ...row }) => (what ? [{ ...row, what }] : []));
}

const isOver = (now: Date) =>
	sql<boolean>`(s.ended_at is not null or (s.state = 'maintenance' and s.expected_until <= ${now}))`;

const columns = {
	planned: 'plan_told_at',
	started: 'start_told_at',
	ended: 'end_told_at',
	'called-off': 'end_told_at'
} as const satisfies Record<StateToTell['what'], string>;

/** Remembers that people have been told, in the transaction in which they are. */
export async function markStatesTold(
	scope: Scope<System>,
	told: Pick<StateToTell, 'id' | 'what'>[]
): Promise<void> {
	authorize(scope, 'notification.send');
	for (const { id, what } of told)
		await scope.db
			.updateTable('catalogue.product_states')
			.set({ [columns[what]]: scope.now })
			.where('id', '=', id)
			.execute();
}
