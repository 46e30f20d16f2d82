import * as v from 'valibot';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { wholeHours, zoneOf } from './spans.ts';
import { statement } from './statement.ts';

export interface HomeFigures {
	bytes: {
		/** Bytes moved in the span; null where nothing was measured. */
		total: number | null;
		/** In the span before, up to `previousTo`; null where nothing was measured. */
		previous: number | null;
		/** The newest reading of all, in the span or before. */
		lastReadingAt: Date | null;
		/** By step: civil dates (`2026-11-25`), or hours of the business (`2026-11-25T09:00`). No reading, no entry. */
		steps: ReadonlyMap<string, number>;
		/** The same from `previousFrom` to `previousEnd`. */
		previousSteps: ReadonlyMap<string, number>;
	};
	/** By product id; a product without readings has no entry. */
	products: ReadonlyMap<string, ProductFigures>;
}

export interface ProductFigures {
	/** The newest value of each meter of levels, by the meter's slug, such as records: 156. */
	latest: Readonly<Record<string, number>>;
	/** How many people used it in the span; null for a product that has no meter of people. */
	activeUsers: number | null;
}

/**
 * Everything that home shows of usage, in three statements of one round trip, from totals alone. The
 * spans begin with a day of the business; the earlier one may end within a day, so that a morning is
 * held against a morning, and its steps go on to `previousEnd`.
 */
export const readHomeFigures = usecase(
	'usage.read',
	v.object({
		from: v.date(),
		to: v.date(),
		previousFrom: v.date(),
		previousTo: v.date(),
		previousEnd: v.optional(v.date()),
		bucket: v.optional(v.picklist(['hour', 'day']), 'day')
	}),
	async (scope, input): Promise<HomeFigures> => {
		const { from, to, previousFrom, previousTo, previousEnd = previousTo, bucket } = input;
		const business = businessOf(scope);
		const zone = zoneOf(scope);
		const hours = wholeHours({ from, to });
		const spans = [business, zone, from, to, previousFrom, previousEnd];
		const until = wholeHours({ from: previousTo, to: previousTo }).to;
		const [[steps], [tail], rows] = await Promise.all([
			bucket === 'hour' ? stepsByHour(scope, spans) : stepsByDay(scope, spans),
			tailOfDay(scope, [business, zone, until]),
			levelsAndPeople(scope, [business, hours.from, hours.to, zone])
		]);
		const current = new Map(Object.entries(steps?.current ?? {}));
		const previous = new Map(Object.entries(steps?.previous ?? {}));
		const products = new Map<
			string,
			{ latest: Record<string, number>; activeUsers: number | null }
		>();
		let lastReadingAt: Date | null = null;
		for (const { product_id, slug, aggregation, value, read_at } of rows) {
			if (aggregation === 'sum') {
				if (read_at && (!lastReadingAt || read_at > lastReadingAt)) lastReadingAt = read_at;
				continue;
			}
			const product = products.get(product_id) ?? { latest: {}, activeUsers: null };
			products.set(product_id, product);
			if (aggregation === 'unique') product.activeUsers ??= Number(value);
			else if (value !== null) product.latest[slug] = Number(value);
		}
		return {
			bytes: {
				total: addUp(current.values()),
				previous: addUp(
					bucket === 'hour'
						? before(previous, tail?.until ?? '')
						: [
								...before(previous, tail?.day ?? ''),
								...(tail?.bytes == null ? [] : [Number(tail.bytes)])
							]
				),
				lastReadingAt,
				steps: current,
				previousSteps: previous
			},
			products
		};
	}
);

/** Null for nothing, which is not the same as zero bytes. */
function addUp(values: Iterable<number>): number | null {
	let sum: number | null = null;
	for (const value of values) sum = (sum ?? 0) + value;
	return sum;
}

/** The values of steps that begin before another step; as text, dates and hours sort by time. */
function before(steps: ReadonlyMap<string, number>, end: string): number[] {
	return [...steps].flatMap(([step, value]) => (step < end ? [value] : []));
}

interface Steps {
	current: Record<string, number> | null;
	previous: Record<string, number> | null;
}

// As JSON, since reading sixty rows one by one would take longer than adding them up.
const stepsByDay = statement<Steps>(
	`select
		json_object_agg(day, bytes) filter (where day >= ($3::timestamptz at time zone $2)::date
			and day <= (($4::timestamptz - interval '1 microsecond') at time zone $2)::date) as current,
		json_object_agg(day, bytes) filter (where day >= ($5::timestamptz at time zone $2)::date
			and day <= (($6::timestamptz - interval '1 microsecond') at time zone $2)::date) as previous
	from (
		select d.day, sum(d.sum) as bytes
		from usage.meters m
		join usage.days d on d.business_id = $1 and d.meter_id = m.id
			and d.day >= (least($3::timestamptz, $5::timestamptz) at time zone $2)::date
			and d.day <= (greatest($4::timestamptz, $6::timestamptz) at time zone $2)::date
		where m.unit = 'bytes' and m.aggregation = 'sum'
		group by d.day
	) days`
);

const stepsByHour = statement<Steps>(
	`select
		json_object_agg(step, bytes) filter (where hour >= $3::timestamptz and hour < $4::timestamptz) as current,
		json_object_agg(step, bytes) filter (where hour >= $5::timestamptz and hour < $6::timestamptz) as previous
	from (
		select h.hour, to_char(h.hour at time zone $2, 'YYYY-MM-DD"T"HH24:MI') as step, sum(h.sum) as bytes
		from usage.meters m
		join usage.hours h on h.business_id = $1 and h.meter_id = m.id
			and h.hour >= least($3::timestamptz, $5::timestamptz)
			and h.hour < greatest($4::timestamptz, $6::timestamptz)
		where m.unit = 'bytes' and m.aggregation = 'sum'
		group by h.hour
	) hours`
);

/** What an hour divides its day into: which day and hour it is, and the bytes of that day before it. */
const tailOfDay = statement<{ day: string; until: string; bytes: string | null }>(
	`select to_char(local, 'YYYY-MM-DD') as day, to_char(local, 'YYYY-MM-DD"T"HH24:MI') as until, (
		select sum(h.sum) from usage.meters m
		join usage.hours h on h.business_id = $1 and h.meter_id = m.id
			and h.hour >= date_trunc('day', local) at time zone $2 and h.hour < $3::timestamptz
		where m.unit = 'bytes' and m.aggregation = 'sum'
	) as bytes
	from (select $3::timestamptz at time zone $2 as local) moment`
);

interface Level {
	product_id: string;
	slug: string;
	aggregation: 'sum' | 'latest' | 'unique';
	value: string | null;
	read_at: Date | null;
}

const levelsAndPeople = statement<Level>(
	`select m.product_id, m.slug, m.aggregation, newest.latest::text as value, newest.latest_at as read_at
	from usage.meters m,
	lateral (
		(
			select latest, latest_at from usage.hours
			where business_id = $1 and meter_id = m.id and hour < $3::timestamptz
			order by hour desc limit 1
		)
		-- Its hour may have gone.
		union all (
			select latest, latest_at from usage.days
			where business_id = $1 and meter_id = m.id and latest_at < $3::timestamptz
				and day <= ($3::timestamptz at time zone $4)::date
			order by day desc limit 1
		)
		limit 1
	) newest
	where m.aggregation = 'latest' or m.aggregation = 'sum' and m.unit = 'bytes'
	union all
	select m.product_id, m.slug, m.aggregation, people.count::text, null
	from usage.meters m,
	lateral (
		select count(*) from usage.uniques u
		where business_id = $1 and meter_id = m.id
			and first_hour < $3::timestamptz and last_hour >= $2::timestamptz
			and (first_hour >= $2::timestamptz or last_hour < $3::timestamptz or exists (
				select from usage.unique_days d
				where d.business_id = u.business_id and d.meter_id = u.meter_id and d.value = u.value
					and d.day >= ($2::timestamptz at time zone $4)::date
					and d.day <= (($3::timestamptz - interval '1 microsecond') at time zone $4)::date
			))
	) people
	where m.aggregation = 'unique' and m.unit = 'people'`
);
