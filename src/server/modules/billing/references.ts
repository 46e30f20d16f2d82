import { sql } from 'kysely';
import * as v from 'valibot';
import { announce } from '../../platform/live.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { Reference } from './draft-fields.ts';

/** What the scope's business wants to find on its next invoice alone; null where nothing is said. */
export const readNextReference = usecase(
	'billing.read',
	v.object({}),
	async (scope): Promise<string | null> => {
		const row = await scope.db
			.selectFrom('billing.customer_references')
			.select('reference')
			.where('business_id', '=', businessOf(scope))
			.executeTakeFirst();
		return row?.reference ?? null;
	}
);

/** Says what is to stand on the next invoice alone, or with null that nothing is. */
export const saveNextReference = usecase(
	'billing.change',
	v.object({ reference: v.nullable(Reference) }),
	async (scope, { reference }): Promise<void> => {
		const businessId = businessOf(scope);
		if (reference === null)
			await scope.db
				.deleteFrom('billing.customer_references')
				.where('business_id', '=', businessId)
				.execute();
		else
			await scope.db
				.insertInto('billing.customer_references')
				.values({ business_id: businessId, reference, said_at: scope.now })
				.onConflict((conflict) =>
					conflict.column('business_id').doUpdateSet({ reference, said_at: scope.now })
				)
				.execute();
		await announce(scope, businessId, 'billing');
	}
);

/**
 * What these businesses want to find on the invoices that are issued now, in their order: what one said for the next
 * one alone stands on its first, which uses it up, and what it said for every one on all others.
 *
 * @param businessIds of each invoice; null for one that has a reference of its own
 */
export async function takeReferences(
	{ db }: Scope,
	businessIds: readonly (string | null)[]
): Promise<(string | null)[]> {
	const some = [...new Set(businessIds.filter((id) => id !== null))];
	if (some.length === 0) return businessIds.map(() => null);
	const ofThese = sql<string>`any(${some})`;
	const standing = await db
		.selectFrom('billing.settings')
		.select(['business_id', 'customer_reference'])
		.where('business_id', '=', ofThese)
		.where('customer_reference', 'is not', null)
		.execute();
	const next = await db
		.deleteFrom('billing.customer_references')
		.where('business_id', '=', ofThese)
		.returning(['business_id', 'reference'])
		.execute();
	const always = new Map(standing.map((row) => [row.business_id, row.customer_reference]));
	const once = new Map(next.map((row) => [row.business_id, row.reference]));
	return businessIds.map((id) => {
		if (id === null) return null;
		const reference = once.get(id) ?? always.get(id) ?? null;
		once.delete(id);
		return reference;
	});
}
