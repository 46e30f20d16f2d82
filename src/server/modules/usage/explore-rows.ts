import { sql, type RawBuilder } from 'kysely';
import { businessOf, type Scope } from '../../platform/scope.ts';
import type { Granularity } from './explore-steps.ts';
import type { Meter } from './meters.ts';
import { piecesOf, wholeHours, type Span } from './spans.ts';

/** What to read of totals, and how to tell it apart. */
export interface Look {
	meters: readonly Meter[];
	span: Span;
	granularity: Granularity;
	zone: string;
	/** The dimension whose values are groups; null for each meter as a whole. */
	by: string | null;
	/** Only what carries one of these values of each dimension. */
	where: Readonly<Record<string, readonly string[]>>;
}

/** A sum, a greatest value, a newest value or a number of different values, by the meter's aggregation. */
export interface Row {
	meterId: string;
	/** A value of the dimension; null where events carried none, and where nothing is told apart. */
	group: string | null;
	/** Null for the whole span. */
	start: Date | null;
	value: string | null;
}

/** Which groups have a course of their own; what remains is not read step by step. */
export type Groups = readonly (string | null)[] | 'all';

/** The total of each group over the span. */
export function readGroups(scope: Scope, look: Look): Promise<Row[]> {
	return read(scope, look, 'span', 'all');
}

/** The course of each of these groups, step by step. */
export function readCourses(scope: Scope, look: Look, groups: Groups): Promise<Row[]> {
	return read(scope, look, 'steps', groups);
}

async function read(
	scope: Scope,
	look: Look,
	over: 'span' | 'steps',
	groups: Groups
): Promise<Row[]> {
	const kinds = [
		look.meters.filter(({ aggregation }) => aggregation !== 'latest' && aggregation !== 'unique'),
		look.meters.filter(({ aggregation }) => aggregation === 'latest'),
		look.meters.filter(({ aggregation }) => aggregation === 'unique')
	].filter((meters) => meters.length > 0);
	const found = await Promise.all(
		kinds.map(async (meters) => {
			const { rows } = await statement(scope, { ...look, meters }, over, groups).execute(scope.db);
			return rows;
		})
	);
	return found.flat();
}

function statement(
	scope: Scope,
	look: Look,
	over: 'span' | 'steps',
	groups: Groups
): RawBuilder<Row> {
	const { meters, by } = look;
	const ids = meters.map(({ id }) => id);
	const start = over === 'span' ? sql`null::timestamptz` : startOf(look);
	const told =
		by === null || groups === 'all'
			? sql``
			: sql`and (group_of = any(${groups.filter((group) => group !== null)})
				or group_of is null and ${groups.includes(null)}::boolean)`;
	return sql<Row>`
		select meter_id as "meterId", group_of as "group", ${start} as start, (${valueOf(meters)})::text as value
		from (${pieces(scope, look, ids)}) pieces
		join usage.meters m on m.id = meter_id
		where true ${told}
		group by 1, 2, 3`;
}

/** The totals of the span: whole days with the hours around them where nothing is told apart, otherwise slices. */
function pieces(scope: Scope, look: Look, ids: string[]): RawBuilder<unknown> {
	const { meters, by, where, granularity, span, zone } = look;
	const business = businessOf(scope);
	const { from, to } = wholeHours(span);
	const unique = meters[0]?.aggregation === 'unique';
	const filters = Object.entries(where);
	if (by !== null || filters.length > 0) {
		const group = by === null ? sql`null::text` : sql`d.dimensions ->> ${by}`;
		const narrowed = filters.map(
			([dimension, values]) => sql`and d.dimensions ->> ${dimension} = any(${[...values]})`
		);
		const columns = unique ? sql`s.value` : sql`s.count, s.sum, s.max, s.latest, s.latest_at`;
		return sql`
			select s.meter_id, s.hour, null::date as day, ${group} as group_of, ${columns}
			from ${unique ? sql`usage.unique_hours` : sql`usage.slices`} s
			join usage.dimension_sets d on d.business_id = s.business_id and d.id = s.set_id
			where s.business_id = ${business} and s.meter_id = any(${ids})
				and s.hour >= ${from} and s.hour < ${to} ${sql.join(narrowed, sql` `)}`;
	}
	if (unique)
		return sql`
			select meter_id, hour, null::date as day, null::text as group_of, value from usage.unique_hours
			where business_id = ${business} and meter_id = any(${ids}) and hour >= ${from} and hour < ${to}`;
	const hours = sql`
		select meter_id, hour, null::date as day, null::text as group_of, count, sum, max, latest, latest_at
		from usage.hours where business_id = ${business} and meter_id = any(${ids})`;
	if (granularity === 'hour') return sql`${hours} and hour >= ${from} and hour < ${to}`;
	const { days, head, tail } = piecesOf(span, zone, scope.now);
	return sql`
		select meter_id, null::timestamptz as hour, day, null::text as group_of, count, sum, max, latest, latest_at
		from usage.days
		where business_id = ${business} and meter_id = any(${ids}) and day >= ${days[0]} and day < ${days[1]}
		union all
		${hours} and (hour >= ${head[0]} and hour < ${head[1]} or hour >= ${tail[0]} and hour < ${tail[1]})`;
}

/** The first instant of the step in which a piece lies. */
function startOf({ granularity, zone }: Look): RawBuilder<unknown> {
	if (granularity === 'hour') return sql`hour`;
	const day = sql`coalesce(day, (hour at time zone ${zone})::date)`;
	return sql`date_trunc(${sql.lit(granularity)}, ${day}::timestamp) at time zone ${zone}`;
}

function valueOf(meters: readonly Meter[]): RawBuilder<unknown> {
	switch (meters[0]?.aggregation) {
		case 'unique':
			return sql`count(distinct value)`;
		case 'latest':
			return sql`(array_agg(latest order by latest_at desc, latest desc))[1]`;
		default:
			return sql`case min(m.aggregation) when 'count' then sum(count) when 'max' then max(max) else sum(sum) end`;
	}
}
