import { sql } from 'kysely';
import { withSystem } from '../../platform/doors.ts';
import { Invalid } from '../../platform/errors.ts';
import { defineJob } from '../../platform/jobs.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { settleClosed } from './closings.ts';
import { lockFolding } from './recount-locks.ts';
import { edgesOf, piecesOf, type Pieces, type Span } from './spans.ts';

/** Events come up to 35 days late; a closed period can change until then. */
const lateDays = 36;

interface Due {
	business_id: string;
	until: string;
	kept_from: Date;
}

const hourly = ['usage.unique_hours', 'usage.slices', 'usage.level_hours', 'usage.hours'] as const;

/**
 * Drops the hours that are older than they are to be kept; their days stay, so no total changes. A business
 * at a time, each in a transaction of its own. Nobody who counts waits: nothing can come for such hours.
 * @returns how many businesses had some
 */
export async function foldOldHours(): Promise<number> {
	for (let folded = 0; ; folded++) {
		const more = await withSystem('usage.fold-old-hours', foldNext, { unseen: true });
		if (!more) return folded;
	}
}

async function foldNext(scope: Scope): Promise<boolean> {
	const { db } = scope;
	await lockFolding(scope, 'alone');
	const due = await nextDue(scope);
	if (!due) return false;
	const { business_id: business, until, kept_from: keptFrom } = due;
	await settleClosed(scope, business, until);
	for (const table of hourly)
		await db
			.deleteFrom(table)
			.where('business_id', '=', business)
			.where('hour', '<', keptFrom)
			.execute();
	await db
		.updateTable('usage.zones')
		.set({ folded_until: until, kept_from: keptFrom })
		.where('business_id', '=', business)
		.execute();
	return true;
}

/**
 * Whole months of the business's zone. Left for another night are hours that a recount still makes, and those
 * of a closed period in a zone that the business has left, while events can still come for it: it is counted
 * by hours.
 */
async function nextDue({ db, now }: Scope): Promise<Due | undefined> {
	const { rows } = await sql<Due>`
		select z.business_id, due.until::text, due.kept_from
		from usage.zones z
		cross join usage.retention r
		cross join lateral (
			select (date_trunc('month', ${now}::timestamptz at time zone z.time_zone)
				- make_interval(months => r.hour_months))::date as until
		) month
		cross join lateral (
			select month.until, month.until::timestamp at time zone z.time_zone as kept_from
		) due
		where r.hour_months > 0 and due.until > coalesce(z.folded_until, '-infinity')
			and not exists (
				select from usage.recounts where finished_at is null and from_hour < due.kept_from
			)
			and not exists (
				select from usage.closed_quantities c
				where c.business_id = z.business_id and c.time_zone <> z.time_zone
					and c.start_on < due.until and c.end_on > due.until
					and c.end_on > ${now}::timestamptz - make_interval(days => ${lateDays})
			)
		order by z.business_id
		limit 1
		for no key update of z`.execute(db);
	return rows[0];
}

defineJob({
	name: 'usage.fold-old-hours',
	cron: '11 2 * * *',
	opensOwnDoors: true,
	async work() {
		await foldOldHours();
	}
});

/** No hours go before this many days: two months at least are kept. */
const alwaysKeptMs = 58 * 86_400_000;

/** From when on the business's hours are there, where some before `at` may not be; null where all are. */
export async function hoursKeptFrom(scope: Scope, at: Date): Promise<Date | null> {
	const { db, now } = scope;
	if (at.getTime() >= now.getTime() - alwaysKeptMs) return null;
	const row = await db
		.selectFrom('usage.zones')
		.select('kept_from')
		.where('business_id', '=', businessOf(scope))
		.executeTakeFirst();
	return row?.kept_from && row.kept_from > at ? row.kept_from : null;
}

/** A span as there are totals of it. */
export async function readPieces(scope: Scope, span: Span, zone: string): Promise<Pieces> {
	const pieces = piecesOf(span, zone, scope.now);
	const oldest = edgesOf(pieces)[0]?.[0];
	const kept = oldest && (await hoursKeptFrom(scope, oldest));
	return kept ? piecesOf(span, zone, scope.now, kept) : pieces;
}

/** From when on each business's hours are there, as long as the transaction lasts; for some all of them are. */
export async function holdHours(
	scope: Scope,
	businessIds: readonly string[]
): Promise<ReadonlyMap<string, Date>> {
	await lockFolding(scope, 'shared');
	const rows = await scope.db
		.selectFrom('usage.zones')
		.select(['business_id', 'kept_from'])
		.where('business_id', 'in', businessIds)
		.execute();
	return new Map(
		rows.flatMap(({ business_id, kept_from }) => (kept_from ? [[business_id, kept_from]] : []))
	);
}

/** @throws Invalid(`hours_folded`) when some business's hours from this moment on are no longer all there */
export async function requireHoursSince(scope: Scope, from: Date): Promise<void> {
	await lockFolding(scope, 'shared');
	const { rows } = await sql<{ since: Date | null }>`
		select max(kept_from) as since from usage.zones`.execute(scope.db);
	const since = rows[0]?.since;
	if (!since || from >= since) return;
	throw new Invalid(
		[
			{
				path: 'from',
				message: `The hours before ${since.toISOString().slice(0, 16)}Z were folded into days: they cannot be counted anew.`
			}
		],
		'hours_folded'
	);
}
