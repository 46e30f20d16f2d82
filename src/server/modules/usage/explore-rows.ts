import { sql, type RawBuilder } from 'kysely';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { totals } from './days.ts';
import { differentValues } from './different-values.ts';
import { readLevels } from './explore-levels.ts';
import { stepsIn, type Granularity } from './explore-steps.ts';
import type { Meter } from './meters.ts';
import { readPieces } from './folding.ts';
import { edgesOf, wholeHours, type Pieces, type Span } from './spans.ts';

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

/** A sum, a greatest or newest value, a number of different values or unit-hours, by the meter's aggregation. */
export interface Row {
	meterId: string;
	/** A value of the dimension; null where events carried none, and where nothing is told apart. */
	group: string | null;
	/** Null for the whole span. */
	start: Date | null;
	value: string | null;
	/** Of a level over time: its mean, and what it is at the end. Decimal text. */
	level?: { average: string; held: string };
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
	const whole = await readPieces(scope, look.span, look.zone);
	const kinds = [['count', 'sum'], ['max'], ['latest'], ['unique']]
		.map((kind) => look.meters.filter(({ aggregation }) => kind.includes(aggregation)))
		.filter((meters) => meters.length > 0);
	const weighted = look.meters.filter(({ aggregation }) => aggregation === 'weighted');
	const found = await Promise.all([
		...kinds.map(async (meters) => {
			const stretches = stretchesOf({ ...look, meters }, whole, over);
			if (stretches) return readDifferent(scope, meters, stretches);
			const { rows } = await statement(scope, { ...look, meters }, whole, over, groups).execute(
				scope.db
			);
			return rows;
		}),
		readLevels(scope, { ...look, meters: weighted }, over, groups)
	]);
	return found.flat();
}

interface Stretch extends Pieces {
	/** Null for the whole span. */
	start: Date | null;
}

/**
 * The parts of the span in which different values are counted one by one; null where looking at each day's
 * is the shorter way, or the only one: by day and hour, and in slices.
 */
function stretchesOf(
	{ meters, by, where, granularity, span, zone }: Look,
	whole: Pieces,
	over: 'span' | 'steps'
): Stretch[] | null {
	if (meters[0]?.aggregation !== 'unique' || by !== null || Object.keys(where).length > 0)
		return null;
	if (over === 'span') return [{ ...whole, start: null }];
	if (granularity === 'hour' || granularity === 'day' || whole.days[0] >= whole.days[1])
		return null;
	const steps = stepsIn(span, granularity, zone);
	return steps.map(({ key, start }, index): Stretch => {
		const next = steps[index + 1];
		const [first, end] = whole.days;
		return {
			start,
			// As text, dates sort by time.
			days: [key > first ? key : first, next && next.key < end ? next.key : end],
			head: index === 0 ? whole.head : [start, start],
			tail: !next ? whole.tail : [next.start, next.start]
		};
	});
}

async function readDifferent(
	scope: Scope,
	meters: readonly Meter[],
	stretches: readonly Stretch[]
): Promise<Row[]> {
	const ids = meters.map(({ id }) => id);
	const { rows } = await differentValues(scope, ids, stretches).execute(scope.db);
	return rows.map(({ meter_id, ordinal, count }) => ({
		meterId: meter_id,
		group: null,
		start: stretches[Number(ordinal) - 1]?.start ?? null,
		value: String(count)
	}));
}

function statement(
	scope: Scope,
	look: Look,
	whole: Pieces,
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
			value::text
		from (
			select meter_id, group_of, ${step} as step, ${valueOf(meters)} as value
			from (${pieces(scope, look, whole, ids)}) pieces ${told}
			group by 1, 2, 3
		) steps`;
}

/**
 * The totals of the span: whole days with the hours around them, or hours alone where these are the steps.
 * Where nothing is told apart or narrowed down of the meter as a whole, otherwise of its slices.
 */
function pieces(scope: Scope, look: Look, whole: Pieces, ids: string[]): RawBuilder<unknown> {
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
	const dayOf = sql`(hour at time zone ${zone})::date as day`;
	const parts = [
		piece(
			unique ? 'unique_days' : sliced ? 'day_slices' : 'days',
			sql`day`,
			sql`day >= ${whole.days[0]} and day < ${whole.days[1]}`
		),
		...edgesOf(whole).map(([from, to]) =>
			piece(hours, dayOf, sql`hour >= ${from} and hour < ${to}`)
		)
	];
	return sql.join(parts, sql` union all `);
}

/** The first day of the step in which a piece lies, or its hour. */
function stepOf(granularity: Granularity): RawBuilder<unknown> {
	if (granularity === 'hour' || granularity === 'day') return sql.raw(granularity);
	if (granularity === 'month') return sql`date_trunc('month', day::timestamp)::date`;
	// The first day of the year 1 was a Monday. A third of what date_trunc takes, for each row.
	return sql`day - (day - date '0001-01-01') % 7`;
}

/** What the pieces of a step come to. Either every meter adds up, or all are of one aggregation. */
function valueOf(meters: readonly Meter[]): RawBuilder<unknown> {
	const counts = meters.filter(({ aggregation }) => aggregation === 'count').map(({ id }) => id);
	switch (meters[0]?.aggregation) {
		case 'unique':
			return sql`count(distinct value)`;
		case 'latest':
			return sql`(array_agg(latest order by latest_at desc, latest desc))[1]`;
		case 'max':
			return sql`max(max)`;
		default:
			return sql`sum(case when meter_id = any(${counts}) then count else sum end)`;
	}
}
