import { sql, type RawBuilder } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { businessOf, confinedTo, type Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { differentValues } from './different-values.ts';
import { areaHeld, fullHour, unitHours } from './level-areas.ts';
import { readLevelSteps } from './level-steps.ts';
import { readPieces } from './folding.ts';
import { selectMeters, type Aggregation, type Meter, type Unit } from './meters.ts';
import { edgesOf, wholeHours, zoneOf, type Span } from './spans.ts';

/** A meter by its slug; where two products have one of the same slug, by the product as well. */
export const MeterRef = v.union([
	v.string(),
	v.object({ productId: v.string(), meter: v.string() })
]);

const disorder = 'A span ends after it began.';
const SpanFields = { from: v.date(), to: v.date() };

export interface Figure {
	productId: string;
	/** The meter's slug. */
	meter: string;
	aggregation: Aggregation;
	unit: Unit;
	/**
	 * Exact decimal text, by the meter's aggregation: how many events, their sum, the greatest value, the
	 * newest value before the span's end (be it older than its beginning), how many different values, the level
	 * times the hours for which it held (to 12 places, half away from zero). Null where there was no reading; a
	 * count is then 0.
	 */
	total: string | null;
}

/** @throws NotFound for an unknown meter */
export const readUsage = usecase(
	'usage.read',
	v.pipe(
		v.object({ meter: MeterRef, ...SpanFields }),
		v.check(({ from, to }) => from <= to, disorder)
	),
	async (scope, { meter, ...span }): Promise<Figure> => {
		const found = await findMeter(scope, meter);
		const [figure] = await readFigures(scope, [found], span);
		if (!figure) throw new NotFound('This meter');
		return figure;
	}
);

/** The same for every meter of every product, or of one. */
export const listUsage = usecase(
	'usage.read',
	v.pipe(
		v.object({ productId: v.optional(v.string()), ...SpanFields }),
		v.check(({ from, to }) => from <= to, disorder)
	),
	async (scope, { productId, ...span }): Promise<Figure[]> =>
		readFigures(scope, await selectMeters(scope, productId), span)
);

/** The newest value before `at`, and when it was read; null before the first reading. */
export const readLatest = usecase(
	'usage.read',
	v.object({ meter: MeterRef, at: v.optional(v.date()) }),
	async (scope, { meter, at }): Promise<{ value: string; at: Date } | null> => {
		const { id } = await findMeter(scope, meter);
		const end = at ? wholeHours({ from: at, to: at }).to : null;
		const newest = (table: 'usage.hours' | 'usage.days', order: 'hour' | 'day') =>
			scope.db
				.selectFrom(table)
				.select(['latest', 'latest_at'])
				.where('business_id', '=', businessOf(scope))
				.where('meter_id', '=', id)
				.where('latest', 'is not', null)
				.$if(end !== null, (query) => query.where('latest_at', '<', end as Date))
				.orderBy(sql.ref(order), 'desc')
				.limit(1)
				.executeTakeFirst();
		// Its hour may have gone.
		const row = (await newest('usage.hours', 'hour')) ?? (await newest('usage.days', 'day'));
		return row?.latest ? { value: row.latest, at: row.latest_at } : null;
	}
);

/** How many different values a `unique` meter saw. */
export const readUnique = usecase(
	'usage.read',
	v.pipe(
		v.object({ meter: MeterRef, ...SpanFields }),
		v.check(({ from, to }) => from <= to, disorder)
	),
	async (scope, { meter, ...span }): Promise<number> => {
		const { id } = await findMeter(scope, meter);
		return (await countUniques(scope, [id], span)).get(id) ?? 0;
	}
);

/** Bytes moved: the sum of all meters that add bytes up, and of each product that has one. */
export const readBytes = usecase(
	'usage.read',
	v.pipe(
		v.object(SpanFields),
		v.check(({ from, to }) => from <= to, disorder)
	),
	async (scope, span): Promise<{ total: bigint; byProduct: Map<string, bigint> }> => {
		const meters = (await selectMeters(scope)).filter(addsBytes);
		const byProduct = new Map<string, bigint>();
		let total = 0n;
		for (const { productId, total: bytes } of await readFigures(scope, meters, span)) {
			// A fraction of a byte is nothing that happened.
			const whole = BigInt((bytes ?? '0').replace(/\..*$/, ''));
			total += whole;
			byProduct.set(productId, (byProduct.get(productId) ?? 0n) + whole);
		}
		return { total, byProduct };
	}
);

export function addsBytes({ unit, aggregation }: Meter): boolean {
	return unit === 'bytes' && aggregation === 'sum';
}

/**
 * What meters have counted for a bill in periods of civil dates, half-open: exact decimal text, never
 * below zero (a level that fell below it has used nothing). Meters that do not exist count nothing.
 */
export const readQuantities = usecase(
	'usage.read',
	v.object({
		meters: v.array(
			v.object({
				productId: v.string(),
				meter: v.string(),
				period: v.object({
					start: v.pipe(v.string(), v.isoDate()),
					end: v.pipe(v.string(), v.isoDate())
				})
			})
		),
		/** A door that is confined to a business reads its own, whatever is asked. */
		businessId: v.optional(v.string())
	}),
	async (scope, { meters, businessId }) => {
		if (meters.length === 0) return [];
		const of = confinedTo(scope) ?? businessId ?? businessOf(scope);
		const { rows } = await sql<{ quantity: string; events: string }>`
			select coalesce(sum(d.count), 0)::text as events, coalesce(greatest(case m.aggregation
				when 'count' then sum(d.count)
				when 'sum' then sum(d.sum)
				when 'max' then max(d.max)
				when 'latest' then (array_agg(d.latest order by d.day desc))[1]
				when 'weighted' then ${unitHours(
					areaHeld({
						business: sql`${of}`,
						meter: sql`m.id`,
						from: fullHour(sql`z.since`),
						until: fullHour(sql`z.until`),
						now: sql`${scope.now}::timestamptz`,
						days: [sql`d.day >= p.start_on and d.day < p.end_on`],
						hours: []
					})
				)}
				else (
					select count(distinct u.value) from usage.unique_days u
					where u.business_id = ${of} and u.meter_id = m.id
						and u.day >= p.start_on and u.day < p.end_on
				) end, 0), 0)::text as quantity
			from unnest(
				${meters.map(({ productId }) => productId)}::text[], ${meters.map(({ meter }) => meter)}::text[],
				${meters.map(({ period }) => period.start)}::date[], ${meters.map(({ period }) => period.end)}::date[]
			) with ordinality as p (product_id, slug, start_on, end_on, ordinal)
			left join usage.meters m on m.product_id = p.product_id and m.slug = p.slug
			left join lateral (
				select p.start_on::timestamp at time zone time_zone as since,
					p.end_on::timestamp at time zone time_zone as until
				from usage.zones where business_id = ${of}
			) z on true
			left join usage.days d on d.business_id = ${of} and d.meter_id = m.id
				and d.day >= p.start_on and d.day < p.end_on
			group by p.ordinal, p.start_on, p.end_on, m.id, z.since, z.until
			order by p.ordinal`.execute(scope.db);
		return meters.map(({ productId, meter }, index) => ({
			productId,
			meter,
			quantity: rows[index]?.quantity ?? '0',
			/** How many events made it up. */
			events: rows[index]?.events ?? '0'
		}));
	}
);

/** @throws NotFound for an unknown meter */
export async function findMeter(scope: Scope, ref: v.InferOutput<typeof MeterRef>): Promise<Meter> {
	const [productId, slug] = typeof ref === 'string' ? [undefined, ref] : [ref.productId, ref.meter];
	const meter = (await selectMeters(scope, productId)).find((candidate) => candidate.slug === slug);
	if (!meter) throw new NotFound('This meter');
	return meter;
}

async function readFigures(scope: Scope, meters: Meter[], span: Span): Promise<Figure[]> {
	const of = (...kinds: Aggregation[]): string[] =>
		meters.filter(({ aggregation }) => kinds.includes(aggregation)).map(({ id }) => id);
	const [sums, latest, uniques, held] = await Promise.all([
		readSums(scope, of('count', 'sum', 'max'), span),
		readNewest(scope, of('latest'), span.to),
		countUniques(scope, of('unique'), span),
		readLevelSteps(scope, {
			meterIds: of('weighted'),
			span,
			starts: [span.from],
			zone: zoneOf(scope)
		})
	]);
	return meters.map(({ id, productId, slug, aggregation, unit }) => ({
		productId,
		meter: slug,
		aggregation,
		unit,
		total: {
			count: () => String(sums.get(id)?.count ?? 0n),
			sum: () => sums.get(id)?.sum ?? null,
			max: () => sums.get(id)?.max ?? null,
			latest: () => latest.get(id) ?? null,
			unique: () => String(uniques.get(id) ?? 0),
			weighted: () => held.find(({ meterId }) => meterId === id)?.value ?? null
		}[aggregation]()
	}));
}

interface Sums {
	count: bigint;
	sum: string | null;
	max: string | null;
}

async function readSums(scope: Scope, meterIds: string[], span: Span): Promise<Map<string, Sums>> {
	if (meterIds.length === 0) return new Map();
	const pieces = await readPieces(scope, span, zoneOf(scope));
	const piece = (table: string, bounds: RawBuilder<unknown>): RawBuilder<unknown> => sql`
		select meter_id, count, sum, max from usage.${sql.raw(table)}
		where business_id = ${businessOf(scope)} and meter_id = any(${meterIds}) and ${bounds}`;
	const parts = [
		piece('days', sql`day >= ${pieces.days[0]} and day < ${pieces.days[1]}`),
		...edgesOf(pieces).map(([from, to]) => piece('hours', sql`hour >= ${from} and hour < ${to}`))
	];
	const { rows } = await sql<Sums & { meter_id: string }>`
		select meter_id, sum(count)::bigint as count, sum(sum)::text as sum, max(max)::text as max
		from (${sql.join(parts, sql` union all `)}		) pieces
		group by meter_id`.execute(scope.db);
	return new Map(rows.map(({ meter_id, ...sums }) => [meter_id, sums]));
}

async function readNewest(
	scope: Scope,
	meterIds: string[],
	to: Date
): Promise<Map<string, string>> {
	if (meterIds.length === 0) return new Map();
	const end = wholeHours({ from: to, to }).to;
	const { rows } = await sql<{ meter_id: string; latest: string }>`
		select m.id as meter_id, newest.latest::text as latest
		from unnest(${meterIds}::text[]) as m (id),
		lateral (
			(
				select latest from usage.hours
				where business_id = ${businessOf(scope)} and meter_id = m.id
					and hour < ${end} and latest is not null
				order by hour desc limit 1
			)
			-- Its hour may have gone.
			union all (
				select latest from usage.days
				where business_id = ${businessOf(scope)} and meter_id = m.id
					and day <= (${end}::timestamptz at time zone ${zoneOf(scope)})::date
					and latest_at < ${end} and latest is not null
				order by day desc limit 1
			)
			limit 1
		) newest`.execute(scope.db);
	return new Map(rows.map(({ meter_id, latest }) => [meter_id, latest]));
}

async function countUniques(
	scope: Scope,
	meterIds: string[],
	span: Span
): Promise<Map<string, number>> {
	if (meterIds.length === 0) return new Map();
	const whole = await readPieces(scope, span, zoneOf(scope));
	const { rows } = await differentValues(scope, meterIds, [whole]).execute(scope.db);
	return new Map(rows.map(({ meter_id, count }) => [meter_id, Number(count)]));
}
