import { sql } from 'kysely';
import type { Scope } from '../../platform/scope.ts';

/**
 * What these businesses want to find on the invoice that is issued now: what they said for the next one alone,
 * which is used up by it, or else what they said for every one.
 */
export async function takeReferences(
	{ db }: Scope,
	businessIds: readonly string[]
): Promise<Map<string, string>> {
	const ofThese = sql<string>`any(${businessIds})`;
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
	return new Map([
		...standing.map((row) => [row.business_id, row.customer_reference ?? ''] as const),
		...next.map((row) => [row.business_id, row.reference] as const)
	]);
}
