import type { Scope } from '../../platform/scope.ts';
import { allowed } from '../../platform/permissions.ts';
import { listAccesses } from '../launch/index.ts';
import type { ActivityField } from './fields.ts';

/** Entries that one index has in order; without any property all of the business's. */
export interface Narrowing {
	/** Who did it. */
	person?: string;
	/** Whom it was done to. */
	about?: string;
	/** A product's id; null for what happened in none. */
	product?: string | null;
	field?: ActivityField;
	/** What a product did without anybody. */
	byItself?: true;
}

/**
 * Which entries the actor may see: the whole is these together. Owners and admins see all. Everybody else
 * sees what they did, what was done to them, and what the products that they have access to did by
 * themselves; who sees money sees billing too.
 */
export async function partsSeen(scope: Scope): Promise<Narrowing[]> {
	const { actor } = scope;
	if (actor.kind !== 'member' || allowed(actor.role, 'activity.read-all')) return [{}];
	const { personId } = actor;
	const accesses = await listAccesses(scope, {});
	return [
		{ person: personId },
		{ about: personId },
		...accesses
			.filter((access) => access.personId === personId)
			.map(({ productId }): Narrowing => ({ product: productId, byItself: true })),
		...(allowed(actor.role, 'billing.read') ? [{ field: 'billing' } as const] : [])
	];
}
