import type { Scope, System } from '../../platform/scope.ts';
import { instantArray, int8Array, textArray, uuidArray, type Bytes16 } from './arrays.ts';
import { statement } from './statement.ts';

/** An event, by the business and its receipt. */
export interface Key {
	businessId: string;
	key: Bytes16;
}

/** An event that a correction names. */
export interface Named {
	time: number;
	/** Where its chain begins; the event itself, if it was not corrected before. */
	original: Bytes16;
	/** Null once the event is no longer stored. */
	type: string | null;
}

/** How a chain stands. */
export interface Chain {
	/** The position of the last of it. */
	last: number;
	/** The data of the event that counts, as JSON; null where it came without, or none counts. */
	data: string | null;
	counts: boolean;
}

/** @returns for each key the event that was received, if there is one */
export async function findNamed(
	scope: Scope<System>,
	keys: readonly Key[]
): Promise<(Named | undefined)[]> {
	const found: (Named | undefined)[] = keys.map(() => undefined);
	for (const { ordinal, time, original, type } of await selectNamed(scope, columnsOf(keys)))
		found[Number(ordinal) - 1] = { time, original: bytesOf(original), type };
	return found;
}

const selectNamed = statement<{
	ordinal: bigint;
	time: number;
	original: string;
	type: string | null;
}>(
	`select ordinal, round(extract(epoch from r.occurred_at) * 1000)::float8 as time,
		replace(coalesce(c.original, r.key)::text, '-', '') as original,
		(select e.type from usage.events e
			where e.business_id = r.business_id and e.occurred_at = r.occurred_at and e.key = r.key) as type
	from unnest($1::text[], $2::uuid[]) with ordinality as n (business_id, key, ordinal)
	join usage.receipts r using (business_id, key)
	left join usage.corrections c using (business_id, key)`
);

/**
 * Holds the chains that begin with these events until the transaction ends, in the order of their keys, so
 * that of corrections of one event each finds what the other has done.
 */
export async function holdChains(
	scope: Scope<System>,
	originals: readonly Key[]
): Promise<Chain[]> {
	const columns = columnsOf(originals);
	await begin(scope, columns);
	await lock(scope, columns);
	const chains: Chain[] = originals.map(() => ({ last: 0, data: null, counts: false }));
	for (const { ordinal, ...chain } of await selectChains(scope, columns))
		chains[Number(ordinal) - 1] = chain;
	return chains;
}

const begin = statement(
	`insert into usage.corrections (business_id, key, original, position, counts)
	select business_id, key, key, 0, true from unnest($1::text[], $2::uuid[]) as o (business_id, key)
	order by business_id, key
	on conflict (business_id, key) do nothing`
);

const lock = statement(
	`select from usage.corrections c
	join unnest($1::text[], $2::uuid[]) as o (business_id, key) using (business_id, key)
	order by c.business_id, c.key for update of c`
);

const selectChains = statement<{ ordinal: bigint } & Chain>(
	`select ordinal, c.position as last, s.data, s.key is not null as counts
	from unnest($1::text[], $2::uuid[]) with ordinality as o (business_id, key, ordinal)
	cross join lateral (
		select max(position) as position from usage.corrections c
		where c.business_id = o.business_id and c.original = o.key
	) c
	left join lateral (
		select c.key, (select e.data::text from usage.events e
			where e.business_id = r.business_id and e.occurred_at = r.occurred_at and e.key = r.key) as data
		from usage.corrections c join usage.receipts r using (business_id, key)
		where c.business_id = o.business_id and c.original = o.key and c.counts
	) s on true`
);

export interface Link extends Key {
	original: Bytes16;
	position: number;
	sentAt: number;
	/** Whether it is what counts of its chain from now on. */
	counts: boolean;
}

/** Adds corrections to chains that are held: what counted there counts no more. */
export async function lengthenChains(scope: Scope<System>, links: readonly Link[]): Promise<void> {
	const businesses = textArray(links.map(({ businessId }) => businessId));
	const originals = uuidArray(links.map(({ original }) => original));
	await setAside(scope, [businesses, originals]);
	await append(scope, [
		businesses,
		uuidArray(links.map(({ key }) => key)),
		originals,
		int8Array(links.map(({ position }) => position)),
		textArray(links.map(({ counts }) => String(counts))),
		instantArray(links.map(({ sentAt }) => sentAt))
	]);
}

const setAside = statement(
	`update usage.corrections c set counts = false
	from (select distinct business_id, original from unnest($1::text[], $2::uuid[]) as o (business_id, original)) o
	where c.business_id = o.business_id and c.original = o.original and c.counts`
);

const append = statement(
	`insert into usage.corrections (business_id, key, original, position, counts, sent_at)
	select business_id, key, original, position, counts, sent_at
	from unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[]::integer[], $5::text[]::boolean[],
		$6::timestamptz[]) as l (business_id, key, original, position, counts, sent_at)`
);

function columnsOf(keys: readonly Key[]): Buffer[] {
	return [
		textArray(keys.map(({ businessId }) => businessId)),
		uuidArray(keys.map(({ key }) => key))
	];
}

function bytesOf(hex: string): Bytes16 {
	return Buffer.from(hex, 'hex').toString('latin1');
}
