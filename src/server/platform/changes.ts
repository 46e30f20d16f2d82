import { confinedTo, type Scope } from './scope.ts';

/**
 * What has been changed, for whoever keeps something that was drawn from it. A business's id, or null
 * when it is not known whose rows they were.
 */
type Heard = (businessId: string | null) => void;

const listeners = new Set<Heard>();
const announced = new WeakMap<Scope, Set<string>>();
const toAll = new WeakSet<Scope>();

export function onChange(heard: Heard): void {
	listeners.add(heard);
}

export function tellChange(businessId: string | null): void {
	for (const heard of listeners) heard(businessId);
}

/** Remembers that the scope's transaction told the open pages of a business. */
export function noteAnnouncement(scope: Scope, businessId: string): void {
	const known = announced.get(scope);
	if (known) known.add(businessId);
	else announced.set(scope, new Set([businessId]));
}

/** Remembers that the scope's transaction told all open pages. */
export function noteAnnouncementToAll(scope: Scope): void {
	toAll.add(scope);
}

/** Tells whose rows a transaction that wrote has changed: before anybody hears that it is done. */
export function tellChangesOf(scope: Scope): void {
	const businesses = announced.get(scope) ?? new Set<string>();
	const confined = confinedTo(scope);
	if (confined !== undefined) businesses.add(confined);
	if (businesses.size === 0 || toAll.has(scope)) return tellChange(null);
	for (const businessId of businesses) tellChange(businessId);
}
