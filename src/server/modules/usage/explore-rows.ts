import { sql, type RawBuilder } from 'kysely';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { totals } from './days.ts';
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
	const { meters, by, where, granularity, zone } = look;
	const step = over === 'span' ? sql`null::date` : stepOf(granularity);
	const told =
		by === null || groups === 'all'
			? sql``
			: sql`where group_of = any(${groups.filter((group) => group !== null)})
				or group_of is null and ${groups.includes(null)}::boolean`;
	const narrowed = Object.entries(where).map(
		([dimension, values]) => sql`and dimensions ->> ${dimension} = any(${[...values]})`
	);
	const ids = meters.map(({ id }) => id);
	// Dates are grouped, and made moments of once there are few; dimensions are read once a set.
	const sets =
		by === null && narrowed.length === 0
			? sql``
			: sql`with sets as materialized (
				select id, ${by === null ? sql`null` : sql`dimensions ->> ${by}`} as group_of
				from usage.dimension_sets
				where business_id = ${businessOf(scope)} and meter_id = any(${ids}) ${sql.join(narrowed, sql` `)}
			)`;
	return sql<Row>`
		${sets}
		select meter_id as "meterId", group_of as "group",
			${granularity === 'hour' ? sql`step` : sql`step::timestamp at time zone ${zone}`} as start,
			(${valueOf(meters)})::text as value
		from (
			select meter_id, group_of, ${step} as step, ${addedUp(meters)}
			from (${pieces(scope, look, ids)}) pieces ${told}
			group by 1, 2, 3
		) added
		join usage.meters m on m.id = meter_id`;
}

/**
 * The totals of the span: whole days with the hours around them, or hours alone where these are the steps.
 * Where nothing is told apart or narrowed down of the meter as a whole, otherwise of its slices.
 */
function pieces(scope: Scope, look: Look, ids: string[]): RawBuilder<unknown> {
	const { meters, by, where, granularity, span, zone } = look;
	const unique = meters[0]?.aggregation === 'unique';
	const sliced = by !== null || Object.keys(where).length > 0;
	const columns = sql.raw(unique ? 'value' : totals);
	const piece = (table: string, day: RawBuilder<unknown>, bounds: RawBuilder<unknown>) => sql`
		select meter_id, ${day}, ${sliced ? sql`group_of` : sql`null::text as group_of`}, ${columns}
		from usage.${sql.raw(table)} ${sliced ? sql`join sets on sets.id = set_id` : sql``}
		where business_id = ${businessOf(scope)} and meter_id = any(${ids}) and (${bounds})`;
	const hours = unique ? 'unique_hours' : sliced ? 'slices' : 'hours';
	if (granularity === 'hour') {
		const { from, to } = wholeHours(span);
		return piece(hours, sql`hour`, sql`hour >= ${from} and hour < ${to}`);
	}
	const { days, head, tail } = piecesOf(span, zone, scope.now);
	const whole = piece(
		unique ? 'unique_days' : sliced ? 'day_slices' : 'days',
		sql`day`,
		sql`day >= ${days[0]} and day < ${days[1]}`
	);
	const around = [head, tail].filter(([from, to]) => from < to);
	if (around.length === 0) return whole;
	const edges = around.map(([from, to]) => sql`hour >= ${from} and hour < ${to}`);
	return sql`${whole} union all
		${piece(hours, sql`(hour at time zone ${zone})::date as day`, sql.join(edges, sql` or `))}`;
}

/** The first day of the step in which a piece lies, or its hour. */
function stepOf(granularity: Granularity): RawBuilder<unknown> {
	if (granularity === 'hour' || granularity === 'day') return sql.raw(granularity);
	return sql`date_trunc(${sql.lit(granularity)}, day::timestamp)::date`;
}

/** What the pieces of a step come to; which of it is the value, the meter says. */
function addedUp(meters: readonly Meter[]): RawBuilder<unknown> {
	switch (meters[0]?.aggregation) {
		case 'unique':
			return sql`count(distinct value) as value`;
		case 'latest':
			return sql`(array_agg(latest order by latest_at desc, latest desc))[1] as value`;
		default:
			return sql`sum(count) as count, sum(sum) as sum, max(max) as max`;
	}
}

function valueOf(meters: readonly Meter[]): RawBuilder<unknown> {
	switch (meters[0]?.aggregation) {
		case 'unique':
		case 'latest':
			return sql`value`;
		default:
			return sql`case m.aggregation when 'count' then count when 'max' then max else sum end`;
	}
}
