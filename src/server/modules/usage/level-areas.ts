import { sql, type RawBuilder } from 'kysely';

type Sql = RawBuilder<unknown>;

/**
 * Which levels to read, over which time, as pieces of SQL: they may name columns of what is around, by a table's
 * name that does not stand in here.
 */
export interface Held {
	business: Sql;
	/** `text[]`. */
	meters: Sql;
	/** The first start; then `timestamptz[]`, each of the same length: full hours, in order and without holes. */
	from: Sql;
	starts: Sql;
	ends: Sql;
	/** Until when a level is known to hold. */
	now: Sql;
	/** Which days and hours of totals lie in it: conditions on `d.day` and on `h.hour`, each of one range. */
	days: readonly Sql[];
	hours: readonly Sql[];
	/** Sets are those of `s.dimensions`; only with a condition are those without dimensions left out. */
	group?: Sql;
	where?: Sql;
}

/**
 * In SQL, the area under the levels of `weighted` meters in each step in which one was known: `meter_id`,
 * `group_of`, `start` of the step, `area` in units times milliseconds, `known` in milliseconds, and the level
 * `held` at the end. The levels of all sets of a group are added up. The running step counts until now, or
 * until a reading that lies ahead of it.
 *
 * A reading that takes a level from `before` to `level` at some moment adds, until the end of its step,
 * `(level - before) × (end - moment)`. So what rows add to a step is a sum, of all sets at once, and a step is
 * made of that and of the level with which it began.
 */
export function areasHeld(held: Held): Sql {
	const { business, meters, from, starts, ends, now, days, hours } = held;
	const ms = (at: Sql): Sql => sql`(extract(epoch from ${at} - ${from}) * 1000)`;
	// Each range by itself: an index is of no use to one or the other.
	const rowsOf = (table: 'level_days d' | 'level_hours h', range: Sql): Sql => {
		const row = sql.raw(table.slice(-1));
		return sql`
			select ${row}.first_at, ${row}.last_at, ${row}.level, ${row}.area from usage.${sql.raw(table)}
			where ${row}.business_id = ${business} and ${row}.meter_id = s.meter_id
				and ${row}.set_id = s.set_id and ${range}`;
	};
	const rows = [
		...days.map((range) => rowsOf('level_days d', range)),
		...hours.map((range) => rowsOf('level_hours h', range))
	];
	const apart = held.group !== undefined || held.where !== undefined;
	return sql`
		with steps as (
			select start, stop, step from unnest(${starts}, ${ends}) with ordinality as s (start, stop, step)
		),
		reigns as (
			select meter_id, since, until from usage.level_reigns
			where meter_id = any(${meters}) and since < (select max(stop) from steps) and until > ${from}
		),
		sets as (
			select s.meter_id, s.id as set_id, ${held.group ?? sql`null::text`} as group_of
			from usage.dimension_sets s
			where s.business_id = ${business} and s.meter_id = any(${meters}) and ${held.where ?? sql`true`}
			${
				apart
					? sql``
					: sql`union all
						select meter_id, '00000000-0000-0000-0000-000000000000', null from unnest(${meters}) m (meter_id)`
			}
		),
		pieces as (
			select s.meter_id, s.set_id, s.group_of, r.since, 0 as step, h.last_at as first_at, h.last_at, h.level,
				0::numeric as area
			from reigns r
			join sets s using (meter_id)
			cross join lateral (
				(
					select h.last_at, h.level from usage.level_hours h
					where h.business_id = ${business} and h.meter_id = s.meter_id and h.set_id = s.set_id
						and h.hour >= r.since and h.hour < ${from}
					order by h.hour desc limit 1
				)
				union all (
					select d.last_at, d.level from usage.level_days d
					where d.business_id = ${business} and d.meter_id = s.meter_id and d.set_id = s.set_id
						and d.day <= (${from} at time zone 'UTC')::date + 1
						and d.first_at >= r.since and d.last_at < ${from}
					order by d.day desc, d.first_at desc limit 1
				)
				-- Old hours are there no more; the hours of a day that has only begun are not of a whole day.
				order by last_at desc limit 1
			) h
			where r.since < ${from}
			union all
			select s.meter_id, s.set_id, s.group_of, r.since,
				width_bucket(piece.first_at, (select array_agg(start order by step) from steps)), piece.first_at,
				piece.last_at, piece.level, piece.area
			from sets s
			cross join lateral (
				${sql.join(rows, sql` union all `)}
			) piece
			join reigns r on r.meter_id = s.meter_id and r.since <= piece.first_at and r.until > piece.first_at
		),
		changes as (
			select meter_id, group_of, since, step, level - before as change,
				area - level * ${ms(sql`last_at`)} + before * ${ms(sql`first_at`)} as rest, first_at, last_at
			from (
				select *, lag(level, 1, 0) over (partition by meter_id, set_id, since order by first_at) as before
				from pieces
			) following
		),
		courses as (
			select meter_id, group_of, since, step, sum(change) as change, sum(rest) as rest,
				max(last_at) as last_at, sum(sum(change)) over course as held,
				min(min(first_at)) over course as known_from
			from (
				select * from changes
				union all
				select k.meter_id, k.group_of, k.since, s.step, 0, 0, null, null
				from (select distinct meter_id, group_of, since from changes) k cross join steps s
			) c
			group by meter_id, group_of, since, step
			window course as (partition by meter_id, group_of, since order by step)
		),
		spans as (
			select c.meter_id, c.group_of, s.start, c.change, c.rest, c.held, c.known_from,
				greatest(s.start, r.since) as begins,
				least(s.stop, r.until, greatest(${now}, c.last_at)) as ends
			from courses c
			join steps s using (step)
			join reigns r using (meter_id, since)
		)
		select meter_id, group_of, start,
			sum((held - change) * (${ms(sql`ends`)} - ${ms(sql`begins`)}) + change * ${ms(sql`ends`)} + rest) as area,
			sum(extract(epoch from ends - greatest(begins, known_from)) * 1000) as known,
			(array_agg(held order by ends desc))[1] as held
		from spans
		where known_from <= ends and begins < ends
		group by meter_id, group_of, start`;
}

/** The area of one span, of a meter; null before its first reading. */
export const areaHeld = ({
	from,
	until,
	meter,
	...held
}: Omit<Held, 'starts' | 'ends' | 'meters'> & Record<'until' | 'meter', Sql>): Sql => sql`(
	select area from (${areasHeld({
		...held,
		from,
		meters: sql`array[${meter}]`,
		starts: sql`array[${from}]`,
		ends: sql`array[${until}]`
	})}) held
)`;

/** The hour that begins then or next: where a zone is half an hour off, a day begins with it. */
export const fullHour = (at: Sql): Sql =>
	sql`date_trunc('hour', ${at} + interval '1 hour' - interval '1 microsecond', 'UTC')`;

/**
 * An area as the quantity that is shown: units times hours, divided once, rounded to 12 places half away from
 * zero. PostgreSQL keeps as many places of a quotient as of what is divided: 60 are more than any area has.
 */
export const unitHours = (area: Sql): Sql =>
	sql`trim_scale(round(round(${area}, 60) / 3600000, 12))`;
