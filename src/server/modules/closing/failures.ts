import { sql } from 'kysely';
import * as v from 'valibot';
import { Conflict } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';

declare module '#server/platform/events.ts' {
	interface DomainEvents {
		/** What is due of the business is to be closed now, and not when it would be tried again. */
		'closing.asked': Record<string, never>;
	}
}

/** A business that could not be closed. It is tried again, each time later. */
export interface ClosingFailure {
	businessId: string;
	since: Date;
	lastAt: Date;
	tries: number;
	reason: string;
}

export const listClosingFailures = usecase(
	'closing.read',
	v.object({}),
	async ({ db }): Promise<ClosingFailure[]> =>
		db
			.selectFrom('closing.failures')
			.select(['business_id as businessId', 'since', 'last_at as lastAt', 'tries', 'reason'])
			.orderBy('since')
			.orderBy('business_id')
			.execute()
);

/** When it is tried again: after a minute, two, four, at most an hour. */
export function nextTryAt({ lastAt, tries }: Pick<ClosingFailure, 'lastAt' | 'tries'>): Date {
	return new Date(lastAt.getTime() + Math.min(2 ** (tries - 1), 60) * 60_000);
}

/** Those that failed before, and whether it is time to try again. */
export async function listFailing({ db, now }: Scope): Promise<Map<string, 'due' | 'waits'>> {
	const rows = await db
		.selectFrom('closing.failures')
		.select(['business_id', 'last_at', 'tries'])
		.execute();
	return new Map(
		rows.map(({ business_id, last_at, tries }) => [
			business_id,
			nextTryAt({ lastAt: last_at, tries }) <= now ? 'due' : 'waits'
		])
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

/**
 * Has a business that could not be closed tried again at once, by a job.
 * @throws Conflict `not_failing` when nothing stands in its way by now
 */
export const retryClosing = usecase(
	'closing.retry',
	v.object({ businessId: BusinessId }),
	async (scope, { businessId }): Promise<void> => {
		const failing = (await listClosingFailures(scope, {})).some(
			(each) => each.businessId === businessId
		);
		if (!failing) throw new Conflict('not_failing', 'This customer has been billed by now.');
		await emit(scope, 'closing.asked', {}, businessId);
	}
);

export async function forgetFailure({ db }: Scope, businessId: string): Promise<void> {
	await db.deleteFrom('closing.failures').where('business_id', '=', businessId).execute();
}
