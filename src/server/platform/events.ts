import { sql } from 'kysely';
import { newId } from './ids.ts';
import { announce } from './live.ts';
import { businessOf, type Actor, type Scope } from './scope.ts';

/**
 * Every domain event and what it carries. Modules add theirs by declaration merging, so that
 * whoever reacts is checked against whoever tells:
 * `declare module '#server/platform/events.ts' { interface DomainEvents { 'ticket.opened': {…} } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an interface, since modules merge into it
export interface DomainEvents {}

export type EventKind = keyof DomainEvents & string;

export interface DomainEvent<K extends EventKind = EventKind> {
	id: string;
	businessId: string;
	kind: K;
	actor: {
		kind: Actor['kind'];
		id: string | null;
		name: string;
		/** Why the vendor's staff did it. */
		reason?: string;
	};
	data: DomainEvents[K];
	occurredAt: Date;
}

/** Writes the event in the scope's transaction; the jobs that react are told after its commit. */
export async function emit<K extends EventKind>(
	scope: Scope,
	kind: K,
	data: DomainEvents[K],
	/** Needed in a door that is confined to no business. */
	businessId: string = businessOf(scope)
): Promise<void> {
	await emitAll(scope, kind, [{ businessId, data }]);
}

/** The same for many of a kind, in one statement. */
export async function emitAll<K extends EventKind>(
	scope: Scope,
	kind: K,
	events: readonly { businessId: string; data: DomainEvents[K] }[]
): Promise<void> {
	if (events.length === 0) return;
	const { now } = scope;
	const actor = JSON.stringify(describe(scope.actor));
	await sql`
		insert into platform.events (id, business_id, kind, actor, data, occurred_at)
		select id, business_id, ${kind}, ${actor}::jsonb, data, ${now}
		from unnest(
			${events.map(() => newId('dom', now))}::text[],
			${events.map(({ businessId }) => businessId)}::text[],
			${events.map(({ data }) => JSON.stringify(data))}::jsonb[]
		) as event (id, business_id, data)`.execute(scope.db);
	await announce(scope, [...new Set(events.map(({ businessId }) => businessId))], 'events');
}

/** One event of a business. @throws when it is not there */
export async function readEvent<K extends EventKind>(
	scope: Scope,
	businessId: string,
	id: string
): Promise<DomainEvent<K>> {
	const row = await eventsOf(scope, businessId).where('id', '=', id).executeTakeFirstOrThrow();
	return toEvent<K>(row);
}

/** The latest events of a kind, of a business, the last first. */
export async function readEvents<K extends EventKind>(
	scope: Scope,
	{ businessId, kind, limit }: { businessId: string; kind: K; limit: number }
): Promise<DomainEvent<K>[]> {
	const rows = await eventsOf(scope, businessId)
		.where('kind', '=', kind)
		.orderBy('id', 'desc')
		.limit(limit)
		.execute();
	return rows.map((row) => toEvent<K>(row));
}

function eventsOf({ db }: Scope, businessId: string) {
	return db
		.selectFrom('platform.events')
		.select(['id', 'business_id', 'kind', 'actor', 'data', 'occurred_at'])
		.where('business_id', '=', businessId);
}

function toEvent<K extends EventKind>(
	row: Awaited<ReturnType<ReturnType<typeof eventsOf>['executeTakeFirstOrThrow']>>
): DomainEvent<K> {
	return {
		id: row.id,
		businessId: row.business_id,
		kind: row.kind as K,
		actor: row.actor as unknown as DomainEvent['actor'],
		data: row.data as unknown as DomainEvent<K>['data'],
		occurredAt: row.occurred_at
	};
}

function describe(actor: Actor): DomainEvent['actor'] {
	switch (actor.kind) {
		case 'member':
			return { kind: actor.kind, id: actor.personId, name: actor.name };
		case 'staff':
			return {
				kind: actor.kind,
				id: actor.personId,
				name: actor.name,
				...(actor.reason === undefined ? {} : { reason: actor.reason })
			};
		case 'product':
			return { kind: actor.kind, id: actor.productId, name: actor.slug };
		case 'integrator':
			return { kind: actor.kind, id: actor.keyId, name: actor.name };
		case 'system':
			return { kind: actor.kind, id: null, name: actor.job };
	}
}
