import { sql } from 'kysely';
import type { Scope } from '../../platform/scope.ts';
import { hourOf, readReading, type Entry } from './readings.ts';
import { inForce, type MeterVersion } from './versions.ts';

const pageEvents = 5_000;

/** Half-open. */
export interface Stretch {
	from: Date;
	to: Date;
}

interface Position {
	at: Date | string;
	key: string;
}

interface StoredRow {
	/** To the microsecond, which a Date does not hold. */
	at: string;
	time: number;
	key: string;
	type: string;
	data: string | null;
}

/**
 * What a meter takes from a business's stored events, page by page, each as an entry with nothing but that
 * reading. Events that were corrected count no more, and what a version cannot read counts nothing.
 * @param versions all of one meter
 */
export async function* readStored(
	scope: Scope,
	versions: MeterVersion[],
	businessId: string,
	stretch: Stretch
): AsyncGenerator<Entry[]> {
	let after: Position = { at: stretch.from, key: '00000000-0000-0000-0000-000000000000' };
	for (;;) {
		const rows = await selectPage(scope, versions, businessId, stretch, after);
		yield rows.flatMap((row) => readRow(row, versions, businessId, scope.now));
		const last = rows.at(-1);
		if (!last || rows.length < pageEvents) return;
		after = last;
	}
}

async function selectPage(
	{ db }: Scope,
	versions: MeterVersion[],
	businessId: string,
	{ to }: Stretch,
	after: Position
): Promise<StoredRow[]> {
	const { rows } = await sql<StoredRow>`
		select occurred_at::text as at, round(extract(epoch from occurred_at) * 1000)::float8 as time, key::text,
			type, data::text as data
		from usage.events e
		where business_id = ${businessId} and occurred_at < ${to}
			and product_id = ${versions[0]?.productId ?? ''}
			and (occurred_at, key) > (${after.at}::timestamptz, ${after.key}::uuid)
			and type = any(${versions.map(({ eventType }) => eventType)})
			and not exists (
				select from usage.corrections c
				where c.business_id = e.business_id and c.key = e.key and not c.counts
			)
		order by occurred_at, key limit ${pageEvents}`.execute(db);
	return rows;
}

function readRow(
	{ time, type, data }: StoredRow,
	versions: MeterVersion[],
	businessId: string,
	now: Date
): Entry[] {
	const version = inForce(versions, time);
	if (version?.eventType !== type) return [];
	const reading = readReading(version, data === null ? undefined : JSON.parse(data));
	if (!('meter' in reading)) return [];
	return [
		{
			businessId,
			productId: version.productId,
			source: '',
			id: '',
			key: '',
			type,
			time,
			hour: hourOf(time),
			receivedAt: now.getTime(),
			data: null,
			attributes: null,
			readings: [reading],
			corrects: null
		}
	];
}
