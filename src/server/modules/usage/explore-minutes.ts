import { sql, type RawBuilder } from 'kysely';
import { businessOf, type Scope } from '../../platform/scope.ts';
import type { Look, Row } from './explore-rows.ts';
import type { Meter } from './meters.ts';
import { minuteOf, minutesKeptMs } from './minutes.ts';

/** Whether a meter is kept by the minute at all; what it is told apart by is not. */
export function isByMinute({ aggregation }: Meter): boolean {
	return ['count', 'sum', 'max', 'latest'].includes(aggregation);
}

/** The first minute that is kept. */
export function firstMinute(now: Date): Date {
	return new Date(minuteOf(now.getTime() - minutesKeptMs));
}

/** The total of each meter over the minutes that the span touches. */
export function readMinuteTotals(scope: Scope, look: Look): Promise<Row[]> {
	return read(scope, look, sql`null::timestamptz`);
}

/** The course of each meter minute by minute. */
export function readMinuteCourses(scope: Scope, look: Look): Promise<Row[]> {
	return read(scope, look, sql`t.minute`);
}

async function read(scope: Scope, { meters, span }: Look, start: RawBuilder<unknown>) {
	const { rows } = await sql<Row>`
		select t.meter_id as "meterId", null::text as "group", ${start} as start,
			(case min(m.aggregation)
				when 'count' then sum(t.count)
				when 'max' then max(t.max)
				when 'latest' then (array_agg(t.latest order by t.latest_at desc, t.latest desc))[1]
				else sum(t.sum)
			end)::text as value
		from usage.minutes t
		join usage.meters m on m.id = t.meter_id
		where t.business_id = ${businessOf(scope)} and t.meter_id = any(${meters.map(({ id }) => id)})
			and t.minute >= ${new Date(minuteOf(span.from.getTime()))} and t.minute < ${span.to}
		group by 1, 3`.execute(scope.db);
	return rows;
}
