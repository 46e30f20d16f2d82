import { CompiledQuery } from 'kysely';
import type { Scope } from '../../platform/scope.ts';

/** A statement written once: the platform prepares it once a connection. */
export function statement<R = never>(
	text: string
): (scope: Scope, values: readonly unknown[]) => Promise<R[]> {
	return async ({ db }, values) => {
		const { rows } = await db.executeQuery<R>(CompiledQuery.raw(text, [...values]));
		return rows;
	};
}
