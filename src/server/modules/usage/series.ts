import { sql, type RawBuilder } from 'kysely';
import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { businessOf, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { stepsIn } from './explore-steps.ts';
import { findMeter, MeterRef } from './figures.ts';
import { readLevelSteps } from './level-steps.ts';
import { selectMeters, units, type Meter } from './meters.ts';
import { wholeHours, zoneOf, type Span } from './spans.ts';

export interface Point {
	/** The first instant of the hour or day. */
	start: Date;
	/** By the meter's aggregation, within this hour or day. Null is a gap: nothing was read in it. */
	value: number | null;
}

/** A chart has no use for more; a year of hours is 8,784. */
const longest = 10_000;

/**
 * The course of one meter, or of all meters of a unit that add up, hour by hour or day by day. Hours are
 * those of UTC; days are those of the business unless a zone is given, and every day or hour that the
 * span touches is there, in order.
 * @throws NotFound for an unknown meter; Invalid for a span of more than 10,000 points
 */
export const readSeries = usecase(
	'usage.read',
	v.pipe(
		v.object({
			of: v.union([
				v.object({ meter: MeterRef }),
				v.object({ unit: v.picklist(units), productId: v.optional(v.string()) })
			]),
			from: v.date(),
			to: v.date(),
			bucket: v.picklist(['hour', 'day']),
			timeZone: v.optional(v.string())
		}),
		v.check(({ from, to }) => from <= to, 'A span ends after it began.')
	),
	async (scope, { of, from, to, bucket, timeZone }): Promise<Point[]> => {
		const length = (to.getTime() - from.getTime()) / (bucket === 'hour' ? 3_600_000 : 86_400_000);
		if (length > longest)
			throw new Invalid([{ path: 'to', message: 'The span is too long for steps this small.' }]);
		const meters =
			'meter' in of
				? [await findMeter(scope, of.meter)]
				: (await selectMeters(scope, of.productId)).filter(
						({ unit, aggregation }) =>
							unit === of.unit && (aggregation === 'sum' || aggregation === 'count')
					);
		const zone = timeZone ?? zoneOf(scope);
		const [only] = meters;
		if (only?.aggregation === 'weighted')
			return readLevelSeries(scope, only.id, { from, to }, bucket, zone);
		const hours = wholeHours({ from, to });
		const steps =
			bucket === 'hour'
				? sql`select h as start, h as step from generate_series(${hours.from}::timestamptz,
						${hours.to}::timestamptz - interval '1 hour', interval '1 hour') h`
				: sql`select d at time zone ${zone} as start, d::date as step from generate_series(
						(${from}::timestamptz at time zone ${zone})::date::timestamp,
						(${to}::timestamptz at time zone ${zone} - interval '1 microsecond')::date::timestamp,
						interval '1 day') d`;
		const values = readings(
			meters,
			businessOf(scope),
			bucket,
			zone,
			zone === zoneOf(scope),
			from,
			to
		);
		const { rows } = await sql<{ start: Date; value: string | null }>`
			select steps.start, read.value::text as value
			from (${steps}) steps left join (${values}) read using (step)
			order by steps.start`.execute(scope.db);
		return rows.map(({ start, value }) => ({
			start,
			value: value === null ? null : Number(value)
		}));
	}
);

/** Of a level over time: units times hours. */
async function readLevelSeries(
	scope: Scope,
	meterId: string,
	span: Span,
	bucket: 'hour' | 'day',
	zone: string
): Promise<Point[]> {
	const steps = stepsIn(span, bucket, zone);
	const rows = await readLevelSteps(scope, {
		meterIds: [meterId],
		span,
		starts: steps.map(({ start }) => start),
		zone: bucket === 'day' && zone === zoneOf(scope) ? zone : null
	});
	const values = new Map(rows.map(({ place, value }) => [place, Number(value)]));
	return steps.map(({ start }, place) => ({ start, value: values.get(place) ?? null }));
}

/** `step` and `value` of each hour or day in which something was read. */
function readings(
	meters: Meter[],
	businessId: string,
	bucket: 'hour' | 'day',
	zone: string,
	ownZone: boolean,
	from: Date,
	to: Date
): RawBuilder<unknown> {
	const ids = meters.map(({ id }) => id);
	const unique = meters[0]?.aggregation === 'unique';
	const value = unique ? sql`count(distinct value)` : valueOf(meters);
	if (bucket === 'day' && ownZone)
		return sql`
			select day as step, ${value} as value from ${unique ? sql`usage.unique_days` : sql`usage.days`}
			where business_id = ${businessId} and meter_id = any(${ids})
				and day >= (${from}::timestamptz at time zone ${zone})::date
				and day <= (${to}::timestamptz at time zone ${zone})::date
			group by day`;
	const table = unique ? sql`usage.unique_hours` : sql`usage.hours`;
	const step = bucket === 'hour' ? sql`hour` : sql`(hour at time zone ${zone})::date`;
	// A day begins and ends at most a day away from the span's own ends.
	const margin = bucket === 'hour' ? sql`interval '1 hour'` : sql`interval '1 day'`;
	return sql`
		select ${step} as step, ${value} as value from ${table}
		where business_id = ${businessId} and meter_id = any(${ids})
			and hour > ${from}::timestamptz - ${margin} and hour < ${to}::timestamptz + ${margin}
		group by step`;
}

function valueOf(meters: Meter[]): RawBuilder<unknown> {
	switch (meters.length === 1 ? meters[0]?.aggregation : 'sum') {
		case 'count':
			return sql`sum(count)`;
		case 'max':
			return sql`max(max)`;
		case 'latest':
			return sql`(array_agg(latest order by latest_at desc, latest desc))[1]`;
		default:
			// Of meters that count events, each event is one.
			return sql`sum(coalesce(sum, count))`;
	}
}
