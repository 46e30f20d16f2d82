import type { Kysely } from 'kysely';
import type { DB } from './tables.ts';
import { allowed, type Permission, type Role } from './permissions.ts';
import { Forbidden } from './errors.ts';

/** A signed-in person acting for one of their businesses. */
export interface Member {
	kind: 'member';
	businessId: string;
	personId: string;
	name: string;
	role: Role;
	/** IANA zone in which the business reckons its civil dates. */
	timeZone: string;
}

/** A product's API key acting on one business that has the product. */
export interface ProductKey {
	kind: 'product';
	businessId: string;
	productId: string;
	slug: string;
}

/** A system that works for the vendor, reading what concerns one business. */
export interface Integrator {
	kind: 'integrator';
	businessId: string;
	/** Of its key. */
	keyId: string;
	name: string;
}

/** One of the vendor's staff, who says why (the audit log keeps it). */
export interface Staff {
	kind: 'staff';
	personId: string;
	name: string;
	/** What the door was opened for; it puts it there itself. */
	reason?: string;
	/** The one business that they look at, where the door was opened for one; it puts it there itself. */
	businessId?: string;
}

/** A job, a schedule, or the operator's command line. */
export interface System {
	kind: 'system';
	job: string;
}

export type Actor = Member | ProductKey | Integrator | Staff | System;

/** Whom a door confines to one business. */
export type Confined = Member | ProductKey | Integrator;

/** What a door hands to work. Only doors mint it; it ends with its transaction. */
export interface Scope<A extends Actor = Actor> {
	readonly db: Kysely<DB>;
	readonly actor: A;
	/** The moment of this unit of work; domain code knows no other. */
	readonly now: Date;
}

export type BusinessScope = Scope<Confined>;

const minted = new WeakSet<Scope>();

/** For doors.ts alone (held by tests/architecture.test.ts). */
export function mintScope<A extends Actor>(db: Kysely<DB>, actor: A, now: Date): Scope<A> {
	const scope = Object.freeze({ db, actor, now });
	minted.add(scope);
	return scope;
}

/** For doors.ts alone: after its transaction a scope opens nothing. */
export function endScope(scope: Scope): void {
	minted.delete(scope);
}

/** @throws Forbidden when the actor lacks the permission; Error when no door minted the scope. */
export function authorize(scope: Scope, permission: Permission): void {
	if (!minted.has(scope))
		throw new Error('This scope was not minted by a door, or its door has closed.');
	const { actor } = scope;
	if (!allowed(actor.kind === 'member' ? actor.role : actor.kind, permission))
		throw new Forbidden();
}

/**
 * The business that the scope is confined to.
 * @throws Error in a door that is confined to none: there the business comes with the input.
 */
export function businessOf(scope: Scope): string {
	const businessId = confinedTo(scope);
	if (businessId === undefined)
		throw new Error(`A ${scope.actor.kind} door is confined to no business.`);
	return businessId;
}

/** The business that a door is confined to; undefined for those that see all. */
export function confinedTo({ actor }: Scope): string | undefined {
	return 'businessId' in actor ? actor.businessId : undefined;
}
