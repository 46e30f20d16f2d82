import { sql } from 'kysely';
import type { Scope } from '../../platform/scope.ts';
import type { Counting, Meter } from './meters.ts';

/** What a meter counts from an hour on. */
export interface MeterVersion extends Counting {
	/** The meter's. */
	id: string;
	productId: string;
	slug: string;
	version: number;
	/** A full hour, in milliseconds since 1970. */
	effectiveFrom: number;
	/**
	 * What its dimension sets are named in: versions of one meter with the same dimensions share their sets,
	 * others do not.
	 */
	space: string;
}

/**
 * The meters that count a type, newest first: those of a step count what happened from its beginning until
 * that of the step before.
 */
export type Timeline = readonly { from: number; meters: readonly MeterVersion[] }[];

const hourMs = 3_600_000;
/**
 * Every process knows of a version long before an event of its hours can come: events may lie five minutes
 * ahead, and versions are read anew every two seconds.
 */
const noticeMs = 6 * 60_000;

/** The meters in force at this moment, in milliseconds since 1970. */
export function metersAt(timeline: Timeline, time: number): readonly MeterVersion[] {
	for (const { from, meters } of timeline) if (time >= from) return meters;
	return [];
}

/** @returns by product and event type, every type that is, was or will be counted */
export function timelinesOf(versions: readonly MeterVersion[]): Map<string, Timeline> {
	const timelines = new Map<string, Timeline>();
	const keyOf = ({ productId, eventType }: MeterVersion): string => `${productId} ${eventType}`;
	for (const [key, ofType] of Map.groupBy(versions, keyOf)) {
		const ids = new Set(ofType.map(({ id }) => id));
		// A later version of one of these meters may count another type: it ends this one's time.
		const all = [...Map.groupBy(versions, ({ id }) => id)].filter(([id]) => ids.has(id));
		const starts = new Set(all.flatMap(([, own]) => own.map((version) => version.effectiveFrom)));
		timelines.set(
			key,
			[...starts]
				.sort((one, other) => other - one)
				.map((from) => ({
					from,
					meters: all.flatMap(([, own]) => {
						const version = inForce(own, from);
						return version && keyOf(version) === key ? [version] : [];
					})
				}))
		);
	}
	return timelines;
}

/** Of one meter's versions, the highest of those that have begun. */
export function inForce(versions: readonly MeterVersion[], time: number): MeterVersion | undefined {
	let found: MeterVersion | undefined;
	for (const version of versions)
		if (version.effectiveFrom <= time && (!found || version.version > found.version))
			found = version;
	return found;
}

/** Every version of every meter, or of one. Without a check: for use cases that have made theirs. */
export async function selectVersions({ db }: Scope, meterId?: string): Promise<MeterVersion[]> {
	const rows = await db
		.selectFrom('usage.meter_versions as v')
		.innerJoin('usage.meters as m', 'm.id', 'v.meter_id')
		.select([
			'm.id',
			'm.product_id as productId',
			'm.slug',
			'v.version',
			'v.event_type as eventType',
			'v.aggregation',
			'v.value_property as valueProperty',
			'v.unit',
			'v.dimensions',
			'v.effective_from as effectiveFrom'
		])
		.$if(meterId !== undefined, (query) => query.where('m.id', '=', meterId as string))
		.orderBy('m.product_id')
		.orderBy('m.created_at')
		.orderBy('m.slug')
		.orderBy('v.version')
		.execute();
	const first = new Map<string, string>();
	return rows.map((row) => {
		const dimensions = JSON.stringify(row.dimensions);
		// The first version's sets are named by the meter alone.
		if (!first.has(row.id)) first.set(row.id, dimensions);
		return {
			...row,
			aggregation: row.aggregation as Meter['aggregation'],
			unit: row.unit as Meter['unit'],
			effectiveFrom: row.effectiveFrom.getTime(),
			space: first.get(row.id) === dimensions ? row.id : `${row.id} ${dimensions}`
		};
	});
}

/** In force from the beginning of time, unless events of the type have been counted already. */
export async function addFirstVersion(
	scope: Scope,
	{ id, productId, ...counting }: Counting & { id: string; productId: string }
): Promise<void> {
	const { rows } = await sql<{ counted: boolean }>`
		select exists (
			select from usage.days d
			join usage.meter_versions v using (meter_id)
			join usage.meters m on m.id = v.meter_id
			where m.product_id = ${productId} and v.event_type = ${counting.eventType}
		) as counted`.execute(scope.db);
	const from = rows[0]?.counted ? nextStart(scope.now) : new Date(0);
	await insertVersion(scope, id, 1, counting, from);
}

/** The next full hour that every process knows of in time. */
export function nextStart(now: Date): Date {
	return new Date(Math.ceil((now.getTime() + noticeMs) / hourMs) * hourMs);
}

export async function insertVersion(
	{ db, now }: Scope,
	meterId: string,
	version: number,
	counting: Counting,
	effectiveFrom: Date
): Promise<void> {
	await db
		.insertInto('usage.meter_versions')
		.values({
			meter_id: meterId,
			version,
			...columnsOf(counting),
			effective_from: effectiveFrom,
			created_at: now
		})
		.execute();
}

export function countsAlike(one: Counting, other: Counting): boolean {
	return JSON.stringify(columnsOf(one)) === JSON.stringify(columnsOf(other));
}

/** As the tables of meters and of their versions have it. */
export function columnsOf({ eventType, aggregation, valueProperty, unit, dimensions }: Counting) {
	return {
		event_type: eventType,
		aggregation,
		value_property: valueProperty,
		unit,
		dimensions
	};
}
