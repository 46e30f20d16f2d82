import { sql } from 'kysely';
import * as v from 'valibot';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

/** A business that could not be closed. It is tried again, each time later. */
export interface ClosingFailure {
	businessId: string;
	since: Date;
	lastAt: Date;
	tries: number;
	reason: string;
}

export const listClosingFailures = usecase(
	'closing.run',
	v.object({}),
	async ({ db }): Promise<ClosingFailure[]> =>
		db
			.selectFrom('closing.failures')
			.select(['business_id as businessId', 'since', 'last_at as lastAt', 'tries', 'reason'])
			.orderBy('since')
			.orderBy('business_id')
			.execute()
);

/** Those that failed before, and whether it is time to try again: after a minute, two, four, at most an hour. */
export async function listFailing({ db, now }: Scope): Promise<Map<string, 'due' | 'waits'>> {
	const rows = await db
		.selectFrom('closing.failures')
		.select(['business_id', 'last_at', 'tries'])
		.execute();
	return new Map(
		rows.map(({ business_id, last_at, tries }) => {
			const minutes = Math.min(2 ** (tries - 1), 60);
			const isTime = now.getTime() - last_at.getTime() >= minutes * 60_000;
			return [business_id, isTime ? 'due' : 'waits'];
		})
	);
}

export async function keepFailure(
	{ db, now }: Scope,
	businessId: string,
	error: unknown
): Promise<void> {
	const reason = error instanceof Error ? error.message : String(error);
	await db
		.insertInto('closing.failures')
		.values({ business_id: businessId, since: now, last_at: now, tries: 1, reason })
		.onConflict((conflict) =>
			conflict.column('business_id').doUpdateSet({
				last_at: now,
				reason,
				tries: sql`failures.tries + 1`
			})
		)
		.execute();
}

export async function forgetFailure({ db }: Scope, businessId: string): Promise<void> {
	await db.deleteFrom('closing.failures').where('business_id', '=', businessId).execute();
}
