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
	await scope.db
		.insertInto('platform.events')
		.values({
			id: newId('dom', scope.now),
			business_id: businessId,
			kind,
			actor: JSON.stringify(describe(scope.actor)),
			data: JSON.stringify(data),
			occurred_at: scope.now
		})
		.execute();
	await announce(scope, businessId, 'events');
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
		case 'system':
			return { kind: actor.kind, id: null, name: actor.job };
	}
}
