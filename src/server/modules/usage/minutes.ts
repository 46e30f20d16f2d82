import { sql } from 'kysely';
import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import { runtime } from '../../platform/runtime.ts';
import { businessOf, type Scope, type System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { instantArray, int8Array, textArray } from './arrays.ts';
import { addDecimals, compareDecimals, type Decimal } from './decimals.ts';
import { findMeter, MeterRef } from './figures.ts';
import type { Meter } from './meters.ts';
import type { Entry } from './readings.ts';
import type { Point } from './series.ts';
import { statement } from './statement.ts';

const minuteMs = 60_000;
/** How long minutes are kept; hours hold the same readings for ever. */
export const minutesKeptMs = 120 * minuteMs;

/**
 * The course of one meter minute by minute, of the last two hours at the most: null where nothing was read.
 * Meters of different values are not kept by the minute, nor are levels over time.
 * @throws NotFound for an unknown meter; Invalid (`not_by_minute`) for one of these
 */
export const readMinutes = usecase(
	'usage.read',
	v.pipe(
		v.object({ meter: MeterRef, from: v.date(), to: v.date() }),
		v.check(({ from, to }) => from <= to, 'A span ends after it began.'),
		v.check(
			({ from, to }) => to.getTime() - from.getTime() <= minutesKeptMs,
			'Minutes are kept for two hours.'
		)
	),
	async (scope, { meter, from, to }): Promise<Point[]> => {
		const { id, aggregation } = await findMeter(scope, meter);
		if (!keptByMinute({ aggregation }))
			throw new Invalid(
				[
					{
						path: 'meter',
						message:
							'Meters of different values and of levels over time are not kept by the minute.'
					}
				],
				'not_by_minute'
			);
		const value =
			aggregation === 'count'
				? 'count'
				: aggregation === 'sum' || aggregation === 'max'
					? aggregation
					: 'latest';
		const { rows } = await sql<{ start: Date; value: string | null }>`
			select minute as start, ${sql.ref(value)}::text as value from usage.minutes
			where business_id = ${businessOf(scope)} and meter_id = ${id}
				and minute >= ${from} and minute < ${to}`.execute(scope.db);
		const read = new Map(rows.map(({ start, value }) => [start.getTime(), value]));
		const points: Point[] = [];
		for (let at = minuteOf(from.getTime()); at < to.getTime(); at += minuteMs) {
			const value = read.get(at) ?? null;
			points.push({ start: new Date(at), value: value === null ? null : Number(value) });
		}
		return points;
	}
);

export function keptByMinute({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
	return aggregation !== 'unique' && aggregation !== 'weighted';
}

interface Minute {
	businessId: string;
	meterId: string;
	minute: number;
	count: number;
	sum: Decimal | null;
	max: Decimal | null;
	latest: Decimal | null;
	latestAt: number;
}

/** Adds what happened within the last two hours to its minutes, in the transaction that counts it. */
export async function writeMinutes(scope: Scope<System>, entries: readonly Entry[]): Promise<void> {
	const minutes = addUpMinutes(entries, runtime().clock.now().getTime() - minutesKeptMs);
	if (minutes.length === 0) return;
	const text = (value: Decimal | null): string | null => (value === null ? null : String(value));
	await write(scope, [
		textArray(minutes.map(({ businessId }) => businessId)),
		textArray(minutes.map(({ meterId }) => meterId)),
		instantArray(minutes.map(({ minute }) => minute)),
		int8Array(minutes.map(({ count }) => count)),
		textArray(minutes.map(({ sum }) => text(sum))),
		textArray(minutes.map(({ max }) => text(max))),
		textArray(minutes.map(({ latest }) => text(latest))),
		instantArray(minutes.map(({ latestAt }) => latestAt))
	]);
}

/** Order does not matter, like with totals: of several readings at the latest moment the greatest stands. */
function addUpMinutes(entries: readonly Entry[], since: number): Minute[] {
	const found = new Map<string, Minute>();
	for (const { businessId, time, readings } of entries) {
		const minute = minuteOf(time);
		if (minute < since) continue;
		for (const { meter, value } of readings) {
			if (!keptByMinute(meter)) continue;
			const name = `${businessId} ${meter.id} ${minute}`;
			const met = found.get(name);
			if (met) add(met, value, time);
			else
				found.set(name, {
					businessId,
					meterId: meter.id,
					minute,
					count: 1,
					sum: value,
					max: value,
					latest: value,
					latestAt: time
				});
		}
	}
	return [...found.values()];
}

function add(minute: Minute, value: Decimal | null, time: number): void {
	minute.count += 1;
	if (value !== null && minute.sum !== null && minute.max !== null && minute.latest !== null) {
		minute.sum = addDecimals(minute.sum, value);
		if (compareDecimals(value, minute.max) > 0) minute.max = value;
		if (
			time > minute.latestAt ||
			(time === minute.latestAt && compareDecimals(value, minute.latest) > 0)
		)
			minute.latest = value;
	}
	minute.latestAt = Math.max(minute.latestAt, time);
}

const write = statement(
	`insert into usage.minutes as t (business_id, meter_id, minute, count, sum, max, latest, latest_at)
	select business_id, meter_id, minute, count, sum, max, latest, latest_at
	from unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[]::numeric[],
		$6::text[]::numeric[], $7::text[]::numeric[], $8::timestamptz[])
		as r (business_id, meter_id, minute, count, sum, max, latest, latest_at)
	order by business_id, meter_id, minute
	on conflict (business_id, meter_id, minute) do update set
		count = t.count + excluded.count,
		sum = t.sum + excluded.sum,
		max = greatest(t.max, excluded.max),
		latest = case when (excluded.latest_at, excluded.latest) > (t.latest_at, t.latest)
			then excluded.latest else t.latest end,
		latest_at = greatest(t.latest_at, excluded.latest_at)`
);

export async function sweepMinutes({ db, now }: Scope<System>): Promise<void> {
	await db
		.deleteFrom('usage.minutes')
		.where('minute', '<', new Date(minuteOf(now.getTime() - minutesKeptMs)))
		.execute();
}

/** Milliseconds since 1970, of before it too. */
export function minuteOf(time: number): number {
	return Math.floor(time / minuteMs) * minuteMs;
}
