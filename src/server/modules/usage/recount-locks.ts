import { sql } from 'kysely';
import { TooMany } from '../../platform/errors.ts';
import type { Scope, System } from '../../platform/scope.ts';
import type { KnownMeters } from './memory.ts';
import type { Entry } from './readings.ts';
import { statement } from './statement.ts';

// Writers and recounts of one meter keep out of each other's way, at no cost while nothing is recounted.
// A recount is written down; writers read of it with the meters, within seconds. The recount waits for
// that, then for the transactions that had begun by then. From then on whoever writes to its meter holds a
// shared lock, and a piece of the recount holds the same lock alone.

/** A group whose meters were read longer ago than this when its transaction begins is turned away. */
const longestKnownMs = 4_000;

export function isCurrent({ readAt }: KnownMeters): boolean {
	return performance.now() - readAt <= longestKnownMs;
}

export function recounting(): TooMany {
	return new TooMany(1, 'A meter is being counted anew. Send the events again.');
}

/** Before totals are written, in one order. */
export async function lockRecounted(
	scope: Scope<System>,
	entries: readonly Entry[],
	recounted: ReadonlySet<string>
): Promise<void> {
	const ids = new Set<string>();
	for (const { readings } of entries)
		for (const { meter } of readings) if (recounted.has(meter.id)) ids.add(meter.id);
	if (ids.size > 0) await lockShared(scope, [[...ids].sort()]);
}

const lockShared = statement(
	`select pg_advisory_xact_lock_shared(hashtextextended('usage.recount ' || id, 0))
	from (select id from unnest($1::text[]) with ordinality as m (id, ordinal) order by ordinal) ids`
);

export async function lockForRecount({ db }: Scope<System>, meterId: string): Promise<void> {
	await sql`select pg_advisory_xact_lock(hashtextextended('usage.recount ' || ${meterId}::text, 0))`.execute(
		db
	);
}

/** Hours are folded away by one alone, while nobody asks for a recount. */
export async function lockFolding({ db }: Scope, how: 'shared' | 'alone'): Promise<void> {
	const lock = sql.raw(how === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared');
	await sql`select ${lock}(hashtextextended('usage.fold', 0))`.execute(db);
}

/** Every writer begins with receipts: this waits for those who have begun. */
export async function awaitWriters({ db }: Scope<System>): Promise<void> {
	await sql`lock table usage.receipts in share row exclusive mode`.execute(db);
}

/** The meters that are being recounted, and a stamp that is another whenever one begins or ends. */
export async function selectRecounts(
	scope: Scope<System>
): Promise<{ recounted: ReadonlySet<string>; stamp: string }> {
	const { rows } = await sql<{ meters: string[]; stamp: string }>`
		select coalesce(array_agg(meter_id) filter (where finished_at is null), '{}') as meters,
			count(*) || ' ' || count(finished_at) as stamp
		from usage.recounts`.execute(scope.db);
	const [{ meters, stamp } = { meters: [], stamp: '' }] = rows;
	return { recounted: new Set(meters), stamp };
}
