import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Invalid } from '../../platform/errors.ts';
import { defineJob } from '../../platform/jobs.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';

/**
 * How long raw events and hours are kept: whole months before the current one, of UTC and of the business's
 * zone. 0 keeps them all.
 */
export const readRetention = usecase(
	'usage.define',
	v.object({}),
	async ({ db }): Promise<{ eventMonths: number; hourMonths: number }> => {
		const row = await db
			.selectFrom('usage.retention')
			.select(['event_months as eventMonths', 'hour_months as hourMonths'])
			.executeTakeFirstOrThrow();
		return row;
	}
);

const Months = v.pipe(
	v.number(),
	v.integer(),
	v.check(
		(months) => months === 0 || (months >= 2 && months <= 1200),
		'Events and hours are kept for 2 to 1,200 months, since events come up to 35 days late; 0 keeps all.'
	)
);

/** What is too old by it goes in the next night, and does not come back. */
export const saveRetention = usecase(
	'usage.define',
	v.object({ eventMonths: v.optional(Months), hourMonths: v.optional(Months) }),
	async ({ db }, { eventMonths, hourMonths }) => {
		if (eventMonths === undefined && hourMonths === undefined) return;
		await db
			.updateTable('usage.retention')
			.set({
				...(eventMonths === undefined ? {} : { event_months: eventMonths }),
				...(hourMonths === undefined ? {} : { hour_months: hourMonths })
			})
			.execute();
	}
);

/** The first day of each month whose events are older than they are to be kept, and that no recount still reads. */
export const listOldMonths = usecase(
	'usage.define',
	v.object({}),
	async ({ db, now }): Promise<string[]> => {
		const { rows } = await sql<{ month: string }>`
			select month from (
				select to_date(substr(c.relname, 8), 'YYYY_MM')::text as month
				from pg_inherits i join pg_class c on c.oid = i.inhrelid
				where i.inhparent = 'usage.events'::regclass
			) parts, usage.retention r
			where r.event_months > 0
				and month::date < date_trunc('month', ${now}::timestamptz at time zone 'UTC')
					- make_interval(months => r.event_months)
				and not exists (
					select from usage.recounts where finished_at is null
						and from_hour < (month::date + interval '1 month') at time zone 'UTC'
				)
			order by month`.execute(db);
		return rows.map(({ month }) => month);
	}
);

/**
 * Drops the events that are older than they are to be kept; no total changes. Each month in a transaction
 * of its own, since those who count wait meanwhile. What could not be had now is left for the next night.
 * @returns the months that went
 */
export async function dropOldEvents(): Promise<string[]> {
	const old = await withSystem('usage.drop-old-events', (scope) => listOldMonths(scope, {}), {
		unseen: true
	});
	const dropped: string[] = [];
	for (const month of old) {
		try {
			await withSystem(
				'usage.drop-old-events',
				({ db }) => sql`select usage.drop_month(${month}::date)`.execute(db),
				{ unseen: true }
			);
			dropped.push(month);
		} catch (error) {
			if (!isBusy(error)) throw error;
			runtime().log.info({ month }, 'events are in use; old months are dropped another night');
			break;
		}
	}
	return dropped;
}

/** Whether a lock was given up that would have kept others waiting. */
function isBusy(error: unknown): boolean {
	return typeof error === 'object' && error !== null && 'code' in error && error.code === '55P03';
}

defineJob({
	name: 'usage.drop-old-events',
	cron: '41 1 * * *',
	opensOwnDoors: true,
	async work() {
		await dropOldEvents();
	}
});

/**
 * From when on every event is still stored: the end of the newest month that was dropped, or null when
 * none was. Hours before it cannot be counted anew.
 */
export async function keptSince({ db }: Scope): Promise<Date | null> {
	const { rows } = await sql<{ since: Date | null }>`
		select (max(month) + interval '1 month') at time zone 'UTC' as since
		from usage.dropped_months`.execute(db);
	return rows[0]?.since ?? null;
}

/** @throws Invalid(`events_dropped`) when events from this moment on are no longer all there */
export async function requireEventsSince(scope: Scope, from: Date): Promise<void> {
	const since = await keptSince(scope);
	if (!since || from >= since) return;
	throw new Invalid(
		[
			{
				path: 'from',
				message: `The events before ${since.toISOString().slice(0, 10)} were dropped: they cannot be counted anew.`
			}
		],
		'events_dropped'
	);
}
