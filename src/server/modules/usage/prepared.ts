import { createQueryId, CompiledQuery } from 'kysely';
import type { Scope } from '../../platform/scope.ts';

/**
 * A statement that each connection parses and plans once. Planning is most of what a small group commit
 * costs: one request alone pays it for every statement of the transaction.
 *
 * Kysely hands the text of a query to the driver as it is, and the driver takes a name beside the text;
 * that Kysely's type speaks of a string alone is what the cast is for.
 */
export function prepared<R = never>(
	name: string,
	text: string
): (scope: Scope, values: readonly unknown[]) => Promise<R[]> {
	const named = { name, text } as unknown as string;
	return async ({ db }, values) => {
		const { rows } = await db.executeQuery<R>({
			...CompiledQuery.raw('', [...values]),
			sql: named,
			queryId: createQueryId()
		});
		return rows;
	};
}
