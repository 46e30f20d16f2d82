import { sql } from 'kysely';
import * as v from 'valibot';
import { usecase } from '../../platform/usecase.ts';
import { listBusinesses } from '../businesses/index.ts';
import { quantityOf } from './closings.ts';

const CivilDate = v.pipe(v.string(), v.isoDate());

export const MeteredPeriod = v.object({
	businessId: v.string(),
	productId: v.string(),
	/** The meter's slug. */
	meter: v.string(),
	/** Civil dates, half-open. */
	start: CivilDate,
	end: CivilDate
});
export type MeteredPeriod = v.InferOutput<typeof MeteredPeriod>;

/** What a meter had counted in a period; exact decimals. */
export interface PeriodQuantity extends MeteredPeriod {
	quantity: string;
	/** How many readings made it up, where that was asked for. */
	events: string | null;
}

const Input = v.object({
	periods: v.array(MeteredPeriod),
	/** Whether readings are counted too. */
	events: v.optional(v.boolean(), false)
});

/**
 * `closePeriod` for many at once, meter by meter, with what each had counted: of a period that was closed before,
 * what it had then. A meter that a product does not have is left out. Whoever asks sees to it that the periods are
 * over.
 */
export const closePeriods = usecase(
	'usage.close',
	Input,
	async (scope, { periods, events }): Promise<PeriodQuantity[]> => {
		const { db, now } = scope;
		if (periods.length === 0) return [];
		const ids = [...new Set(periods.map(({ businessId }) => businessId))];
		const zones = new Map(
			(await listBusinesses(scope, { ids })).map(({ id, timeZone }) => [id, timeZone])
		);
		const of = columns(periods);
		await sql`
			insert into usage.closed_quantities (business_id, product_id, meter_id, start_on, end_on,
				time_zone, aggregation, quantity, closed_at)
			select c.business_id, c.product_id, c.meter_id, c.start_on, c.end_on, c.time_zone, c.aggregation,
				(${quantityOf}), ${now}
			from (
				select asked.business_id, asked.product_id, m.id as meter_id, asked.start_on, asked.end_on,
					coalesce(z.time_zone, asked.zone) as time_zone, coalesce((
						select aggregation from usage.meter_versions v
						where v.meter_id = m.id and v.effective_from
							< asked.end_on::timestamp at time zone coalesce(z.time_zone, asked.zone)
						order by version desc limit 1
					), m.aggregation) as aggregation
				from unnest(${of.businesses}::text[], ${of.products}::text[], ${of.meters}::text[],
					${of.starts}::date[], ${of.ends}::date[],
					${periods.map(({ businessId }) => zones.get(businessId) ?? 'UTC')}::text[])
					as asked (business_id, product_id, meter, start_on, end_on, zone)
				join usage.meters m on m.product_id = asked.product_id and m.slug = asked.meter
				left join usage.zones z on z.business_id = asked.business_id
			) c
			on conflict (business_id, meter_id, start_on, end_on) do nothing`.execute(db);
		const { rows } = await sql<PeriodQuantity>`
			select asked.business_id as "businessId", asked.product_id as "productId", asked.meter,
				asked.start_on as start, asked.end_on as "end", trim_scale(c.quantity)::text as quantity,
				${events ? readingsOf : sql`null`} as events
			from unnest(${of.businesses}::text[], ${of.products}::text[], ${of.meters}::text[],
				${of.starts}::date[], ${of.ends}::date[])
				as asked (business_id, product_id, meter, start_on, end_on)
			join usage.meters m on m.product_id = asked.product_id and m.slug = asked.meter
			join usage.closed_quantities c on c.business_id = asked.business_id and c.meter_id = m.id
				and c.start_on = asked.start_on and c.end_on = asked.end_on`.execute(db);
		return rows;
	}
);

/** What meters have counted by now in periods that are closed. */
export const recountPeriods = usecase(
	'usage.close',
	Input,
	async ({ db }, { periods, events }): Promise<PeriodQuantity[]> => {
		if (periods.length === 0) return [];
		const of = columns(periods);
		const { rows } = await sql<PeriodQuantity>`
			select c.business_id as "businessId", c.product_id as "productId", m.slug as meter,
				c.start_on as start, c.end_on as "end",
				trim_scale(coalesce(c.settled, (${quantityOf})))::text as quantity,
				${events ? readingsOf : sql`null`} as events
			from unnest(${of.businesses}::text[], ${of.products}::text[], ${of.meters}::text[],
				${of.starts}::date[], ${of.ends}::date[])
				as asked (business_id, product_id, meter, start_on, end_on)
			join usage.meters m on m.product_id = asked.product_id and m.slug = asked.meter
			join usage.closed_quantities c on c.business_id = asked.business_id and c.meter_id = m.id
				and c.start_on = asked.start_on and c.end_on = asked.end_on`.execute(db);
		return rows;
	}
);

/** From days, as they are folded in the zone that the business is in. */
const readingsOf = sql`(
	select coalesce(sum(d.count), 0)::text from usage.days d
	where d.business_id = c.business_id and d.meter_id = c.meter_id
		and d.day >= c.start_on and d.day < c.end_on
)`;

function columns(periods: readonly MeteredPeriod[]) {
	return {
		businesses: periods.map(({ businessId }) => businessId),
		products: periods.map(({ productId }) => productId),
		meters: periods.map(({ meter }) => meter),
		starts: periods.map(({ start }) => start),
		ends: periods.map(({ end }) => end)
	};
}
