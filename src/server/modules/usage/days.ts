import { sql } from 'kysely';
import * as v from 'valibot';
import { announce } from '../../platform/live.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId } from '../businesses/index.ts';
import { foldingLevels } from './levels.ts';
import { settleStraddling } from './closings.ts';
import { statement } from './statement.ts';

/** In SQL, the columns of totals, and several rows of them as one. */
export const totals = 'count, sum, max, latest, latest_at';
export const folded = `sum(count), sum(sum), max(max),
	(array_agg(latest order by latest_at desc, latest desc))[1], max(latest_at)`;

const tables = {
	days: { days: 'usage.days', hours: 'usage.hours', of: '', made: true },
	slices: { days: 'usage.day_slices', hours: 'usage.slices', of: ', set_id', made: true },
	uniques: {
		days: 'usage.unique_days',
		hours: 'usage.unique_hours',
		of: ', value, set_id',
		made: false
	}
};

type Folding = ((scope: Scope, values: readonly unknown[]) => Promise<unknown>)[];

/**
 * Statements that take days out of every table of days and fold them anew from their hours, in the zones of
 * `usage.zones`.
 * @param which narrows down the days `d` and the zones `z`
 * @param within narrows down the hours `h`, so that not all are looked at
 */
export function foldingAnew(which: string, within = 'true'): Folding {
	return [
		...(['days', 'slices', 'uniques'] as const).flatMap((table) =>
			foldingTable(table, which, within)
		),
		...foldingLevels(which, within).map((text) => statement(text))
	];
}

/** The same for one of the tables of days. */
export function foldingTable(table: keyof typeof tables, which: string, within: string): Folding {
	const { days, hours, of, made } = tables[table];
	return [
		statement(
			`delete from ${days} d using usage.zones z where z.business_id = d.business_id and ${which}`
		),
		statement(
			`insert into ${days} (business_id, meter_id, day${of}${made ? `, ${totals}` : ''})
			select d.business_id, meter_id, day${of}${made ? `, ${folded}` : ''}
			from usage.zones z
			cross join lateral (
				select h.*, greatest((h.hour at time zone z.time_zone)::date, z.folded_until) as day from ${hours} h
				where h.business_id = z.business_id and ${within}
			) d
			where ${which}
			group by d.business_id, meter_id, day${of}`
		)
	];
}

/** Narrow days down to those of some hours of a meter: $1 its business, $2 the meter, $3 and $4 from and to. */
export const daysOfHours = `z.business_id = $1 and d.meter_id = $2
	and d.day >= greatest(($3::timestamptz at time zone z.time_zone)::date, z.folded_until)
	and d.day <= greatest((($4::timestamptz - interval '1 hour') at time zone z.time_zone)::date, z.folded_until)`;
export const hoursAround = `h.meter_id = $2 and h.hour >= $3::timestamptz - interval '2 days'
	and h.hour < $4::timestamptz + interval '2 days'`;

const foldBusiness = foldingAnew(
	`z.business_id = $1 and d.day >= coalesce(z.folded_until, '-infinity')`
);

/**
 * Adds a business's hours up into days anew, in another zone: for when it moves. Events that are being
 * counted meanwhile wait, or are waited for, so none falls between the zones. Days whose hours have gone stay
 * as they are, and the first one after them takes in what is left between the zones: no total changes.
 */
export const refoldDays = usecase(
	'usage.define',
	v.object({ businessId: BusinessId, timeZone: v.string() }),
	async (scope, { businessId, timeZone }) => {
		const { db } = scope;
		// Whoever writes a day of any kind writes one here, in the same statement.
		await sql`lock table usage.days in share row exclusive mode`.execute(db);
		await settleStraddling(scope, businessId);
		await db
			.insertInto('usage.zones')
			.values({ business_id: businessId, time_zone: timeZone })
			.onConflict((conflict) => conflict.column('business_id').doUpdateSet({ time_zone: timeZone }))
			.execute();
		for (const fold of foldBusiness) await fold(scope, [businessId]);
		await announce(scope, businessId, 'usage');
	}
);
