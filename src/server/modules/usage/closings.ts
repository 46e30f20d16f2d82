import { sql, type RawBuilder } from 'kysely';
import * as v from 'valibot';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { businessOf, confinedTo, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { BusinessId, listBusinesses } from '../businesses/index.ts';
import { areaHeld, fullHour, unitHours } from './level-areas.ts';
import type { FigureUnit } from './meters.ts';

const CivilDate = v.pipe(v.string(), v.isoDate());

/** That a meter's quantity of a closed period is no longer what it was when the period was closed. */
export interface Adjustment {
	productId: string;
	/** The meter's slug. */
	meter: string;
	name: string;
	unit: FigureUnit;
	/** Civil dates, half-open. */
	start: string;
	end: string;
	closedAt: Date;
	/** Exact decimal text: when it was closed, now, and the second less the first. */
	closed: string;
	now: string;
	difference: string;
}

/**
 * Keeps what each meter of a product has counted in a period of civil dates, half-open, as it is being
 * billed. A period that is closed stays as it was closed first. Nothing is held up: what comes late is
 * counted in its own hour as ever, and shows as an adjustment.
 * @returns how many quantities were kept now
 * @throws NotFound for an unknown business; Conflict `period_not_over`
 */
export const closePeriod = usecase(
	'usage.close',
	v.pipe(
		v.object({
			businessId: BusinessId,
			productId: v.string(),
			start: CivilDate,
			end: CivilDate
		}),
		v.check(({ start, end }) => start < end, 'A period ends after it began.')
	),
	async (scope, { businessId, productId, start, end }): Promise<{ kept: number }> => {
		const business = (await listBusinesses(scope, {})).find(({ id }) => id === businessId);
		if (!business) throw new NotFound('This business');
		const { rows: zones } = await sql<{ zone: string; over: boolean }>`
			select zone, ${scope.now}::timestamptz >= ${end}::date::timestamp at time zone zone as over
			from (
				select coalesce(
					(select time_zone from usage.zones where business_id = ${businessId}), ${business.timeZone}
				) as zone
			) z`.execute(scope.db);
		const [{ zone, over } = { zone: business.timeZone, over: false }] = zones;
		if (!over)
			throw new Conflict('period_not_over', `The period until ${end} is not over in ${zone}.`);
		const { rows } = await sql`
			insert into usage.closed_quantities (business_id, product_id, meter_id, start_on, end_on,
				time_zone, aggregation, quantity, closed_at)
			select c.business_id, ${productId}, c.meter_id, c.start_on, c.end_on, c.time_zone, c.aggregation,
				(${quantityOf}), ${scope.now}
			from (
				select ${businessId}::text as business_id, m.id as meter_id, ${start}::date as start_on,
					${end}::date as end_on, ${zone}::text as time_zone, coalesce((
						select aggregation from usage.meter_versions v
						where v.meter_id = m.id and v.effective_from < ${end}::date::timestamp at time zone ${zone}
						order by version desc limit 1
					), m.aggregation) as aggregation
				from usage.meters m where m.product_id = ${productId}
			) c
			on conflict (business_id, meter_id, start_on, end_on) do nothing
			returning meter_id`.execute(scope.db);
		return { kept: rows.length };
	}
);

/**
 * Where closed periods and totals differ by now, the newest period first: computed from totals each time,
 * so that what comes late costs nothing more when it comes.
 */
export const listAdjustments = usecase(
	'usage.read',
	v.object({
		/** For a door that is confined to no business. */
		businessId: v.optional(BusinessId),
		productId: v.optional(v.string()),
		/** Periods that ended after this civil date. */
		endedAfter: v.optional(CivilDate)
	}),
	async (scope, { businessId, productId, endedAfter }): Promise<Adjustment[]> => {
		const of = confinedTo(scope) ?? businessId ?? businessOf(scope);
		const { rows } = await sql<Adjustment>`
			select c.product_id as "productId", m.slug as meter, m.name,
				m.unit || case c.aggregation when 'weighted' then '-hours' else '' end as unit, c.start_on as start,
				c.end_on as end, c.closed_at as "closedAt", trim_scale(c.quantity)::text as closed,
				trim_scale(counted.quantity)::text as now,
				trim_scale(counted.quantity - c.quantity)::text as difference
			from usage.closed_quantities c
			join usage.meters m on m.id = c.meter_id
			cross join lateral (select coalesce(c.settled, (${quantityOf})) as quantity) counted
			where c.business_id = ${of} and counted.quantity <> c.quantity
				and (${productId ?? null}::text is null or c.product_id = ${productId ?? null})
				and (${endedAfter ?? null}::date is null or c.end_on > ${endedAfter ?? null}::date)
			order by c.end_on desc, c.start_on, c.product_id, m.created_at, m.slug`.execute(scope.db);
		return rows;
	}
);

const sameZone: RawBuilder<unknown> = sql`exists (
	select from usage.zones z where z.business_id = c.business_id and z.time_zone = c.time_zone
)`;

/**
 * Writes down what closed periods have come to, before hours that they are counted by are folded: those that
 * end by then, and those of another zone that begin before.
 */
export function settleClosed(scope: Scope, businessId: string, until: string): Promise<void> {
	return settle(
		scope,
		businessId,
		sql`c.end_on <= ${until}::date or c.start_on < ${until}::date and not ${sameZone}`
	);
}

/** The same before a business moves, for those whose hours are folded in part. */
export function settleStraddling(scope: Scope, businessId: string): Promise<void> {
	return settle(
		scope,
		businessId,
		sql`c.start_on < (select folded_until from usage.zones z where z.business_id = c.business_id)`
	);
}

async function settle(
	{ db }: Scope,
	businessId: string,
	which: RawBuilder<unknown>
): Promise<void> {
	await sql`
		update usage.closed_quantities c set settled = (${quantityOf})
		where c.business_id = ${businessId} and c.settled is null and (${which})`.execute(db);
}

/**
 * What is counted in a period `c`, never below zero. From days; from hours where the business has moved to
 * another zone since, so that moving adjusts nothing.
 */
export const quantityOf: RawBuilder<unknown> = sql`
	select coalesce(greatest(case c.aggregation
		when 'count' then sum(t.count)
		when 'sum' then sum(t.sum)
		when 'max' then max(t.max)
		when 'latest' then (array_agg(t.latest order by t.latest_at desc) filter (where t.latest is not null))[1]
		when 'weighted' then (
			select ${unitHours(
				areaHeld({
					business: sql`c.business_id`,
					meter: sql`c.meter_id`,
					from: sql`span.since`,
					until: sql`span.until`,
					// A period that is closed is over.
					now: sql`span.until`,
					days: [sql`d.day >= c.start_on and d.day < c.end_on and ${sameZone}`],
					hours: [sql`h.hour >= span.since and h.hour < span.until and not ${sameZone}`]
				})
			)}
			from (
				select ${fullHour(sql`c.start_on::timestamp at time zone c.time_zone`)} as since,
					${fullHour(sql`c.end_on::timestamp at time zone c.time_zone`)} as until
			) span
		)
		else (
			select count(distinct value) from (
				select value from usage.unique_days d
				where d.business_id = c.business_id and d.meter_id = c.meter_id
					and d.day >= c.start_on and d.day < c.end_on and ${sameZone}
				union all
				select value from usage.unique_hours h
				where h.business_id = c.business_id and h.meter_id = c.meter_id
					and h.hour >= c.start_on::timestamp at time zone c.time_zone
					and h.hour < c.end_on::timestamp at time zone c.time_zone and not ${sameZone}
			) u
		) end, 0), 0)
	from (
		select count, sum, max, latest, latest_at from usage.days d
		where d.business_id = c.business_id and d.meter_id = c.meter_id
			and d.day >= c.start_on and d.day < c.end_on and ${sameZone}
		union all
		select count, sum, max, latest, latest_at from usage.hours h
		where h.business_id = c.business_id and h.meter_id = c.meter_id
			and (h.hour at time zone c.time_zone)::date >= c.start_on
			and (h.hour at time zone c.time_zone)::date < c.end_on
			and h.hour >= c.start_on::timestamp at time zone c.time_zone - interval '1 day'
			and h.hour < c.end_on::timestamp at time zone c.time_zone + interval '1 day'
			and not ${sameZone}
	) t`;
