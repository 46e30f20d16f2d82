import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { instantArray, int8Array, jsonArray, textArray, uuidArray } from './arrays.ts';
import { memory } from './memory.ts';
import { prepared } from './prepared.ts';
import type { Entry } from './readings.ts';
import { addUp, type Total, type Totals } from './totals.ts';

// Every transaction writes these tables in the same order, and each table's rows in the order of its
// key: two processes that meet the same rows wait for each other and never deadlock.

/**
 * Remembers that the events were received.
 * @throws an error of the constraint `receipts_pkey` when one of them was received before
 */
export async function insertReceipts(scope: Scope<System>, entries: Entry[]): Promise<void> {
	await receive(scope, receiptColumns(entries));
}

/** The same where some may be known already: gives those that are not. */
export async function insertNewReceipts(scope: Scope<System>, entries: Entry[]): Promise<Entry[]> {
	const rows = await receiveNew(scope, receiptColumns(entries));
	return rows.flatMap(({ ordinal }) => entries[Number(ordinal) - 1] ?? []);
}

const receiptRows = `unnest($1::text[], $2::uuid[], $3::timestamptz[])
	with ordinality as r (business_id, key, occurred_at, ordinal)`;

const receive = prepared(
	'usage.receive',
	`insert into usage.receipts (business_id, key, occurred_at)
	select business_id, key, occurred_at from ${receiptRows} order by business_id, key`
);

const receiveNew = prepared<{ ordinal: bigint }>(
	'usage.receive_new',
	`with given as (select business_id, key, occurred_at, ordinal from ${receiptRows}),
	fresh as (
		insert into usage.receipts (business_id, key, occurred_at)
		select business_id, key, occurred_at from given order by business_id, key
		on conflict (business_id, key) do nothing
		returning business_id, key
	)
	select given.ordinal from given join fresh using (business_id, key) order by given.ordinal`
);

function receiptColumns(entries: Entry[]): Buffer[] {
	return [
		textArray(entries.map(({ event }) => event.businessId)),
		uuidArray(entries.map(({ key }) => key)),
		instantArray(entries.map(({ event }) => event.time))
	];
}

/**
 * Keeps the events, adds them to the totals and tells open pages. What it returns is to be called once
 * the transaction has committed.
 */
export async function writeEntries(scope: Scope<System>, entries: Entry[]): Promise<() => void> {
	if (entries.length === 0) return () => undefined;
	const totals = addUp(entries);
	const { sets, uniqueHours } = memory();
	const newSets = setsOf(totals).filter(({ name }) => !sets.has(name));
	const newUniques = totals.uniqueHours.filter(({ name }) => !uniqueHours.has(name));
	const businesses = new Set(totals.hours.map(({ businessId }) => businessId));

	// One connection: they run in this order, sent in one go.
	await Promise.all([
		keep(scope, eventColumns(entries)),
		newSets.length > 0 && addSets(scope, setColumns(newSets)),
		totals.slices.length > 0 &&
			addToSlices(scope, [
				...totalColumns(totals.slices),
				uuidArray(totals.slices.map(({ set }) => set?.id ?? ''))
			]),
		addToHours(scope, totalColumns(totals.hours)),
		addToDays(scope, totalColumns(totals.hours)),
		newUniques.length > 0 && addToUniques(scope, uniqueColumns(newUniques)),
		newUniques.length > 0 &&
			addToUniqueHours(scope, [
				...uniqueColumns(newUniques),
				uuidArray(newUniques.map(({ setId }) => setId))
			]),
		...[...businesses].sort().map((businessId) => announce(scope, businessId, 'usage'))
	]);
	return () => {
		for (const { name } of newSets) sets.add(name);
		for (const { name } of newUniques) uniqueHours.add(name);
	};
}

const keep = prepared(
	'usage.keep',
	`insert into usage.events
		(business_id, occurred_at, received_at, key, product_id, source, id, type, data, attributes)
	select business_id, occurred_at, received_at, key, product_id, source, id, type, data, attributes
	from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[],
		$7::text[], $8::text[], $9::json[], $10::json[])
		as e (business_id, occurred_at, received_at, key, product_id, source, id, type, data, attributes)`
);

function eventColumns(entries: Entry[]): Buffer[] {
	return [
		textArray(entries.map(({ event }) => event.businessId)),
		instantArray(entries.map(({ event }) => event.time)),
		instantArray(entries.map(({ receivedAt }) => receivedAt)),
		uuidArray(entries.map(({ key }) => key)),
		textArray(entries.map(({ productId }) => productId)),
		textArray(entries.map(({ event }) => event.source)),
		textArray(entries.map(({ event }) => event.id)),
		textArray(entries.map(({ event }) => event.type)),
		jsonArray(entries.map(({ event }) => toJson(event.data))),
		jsonArray(entries.map(({ event }) => toJson(event.attributes)))
	];
}

function toJson(value: unknown): string | null {
	return value === undefined || value === null ? null : JSON.stringify(value);
}

interface BusinessSet {
	businessId: string;
	id: string;
	meterId: string;
	dimensions: string;
	name: string;
}

function setsOf({ slices }: Totals): BusinessSet[] {
	const found = new Map<string, BusinessSet>();
	for (const { businessId, set } of slices) {
		if (!set) continue;
		const name = `${businessId} ${set.id}`;
		if (!found.has(name)) found.set(name, { ...set, businessId, name });
	}
	return [...found.values()];
}

const addSets = prepared(
	'usage.add_sets',
	`insert into usage.dimension_sets (business_id, id, meter_id, dimensions)
	select business_id, id, meter_id, dimensions
	from unnest($1::text[], $2::uuid[], $3::text[], $4::text[]::jsonb[])
		as s (business_id, id, meter_id, dimensions)
	order by business_id, id
	on conflict (business_id, id) do nothing`
);

function setColumns(sets: BusinessSet[]): Buffer[] {
	return [
		textArray(sets.map(({ businessId }) => businessId)),
		uuidArray(sets.map(({ id }) => id)),
		textArray(sets.map(({ meterId }) => meterId)),
		textArray(sets.map(({ dimensions }) => dimensions))
	];
}

/** Adds `excluded` to a row of totals; of two readings at the same moment the greater is the latest. */
const addTotals = `
	count = t.count + excluded.count,
	sum = t.sum + excluded.sum,
	max = greatest(t.max, excluded.max),
	latest = case when (excluded.latest_at, excluded.latest) > (t.latest_at, t.latest)
		then excluded.latest else t.latest end,
	latest_at = greatest(t.latest_at, excluded.latest_at)`;

const totalRows = `$1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[]::numeric[],
	$6::text[]::numeric[], $7::text[]::numeric[], $8::timestamptz[]`;

const addToSlices = prepared(
	'usage.add_to_slices',
	`insert into usage.slices as t
		(business_id, meter_id, hour, set_id, count, sum, max, latest, latest_at)
	select business_id, meter_id, hour, set_id, count, sum, max, latest, latest_at
	from unnest(${totalRows}, $9::uuid[])
		as r (business_id, meter_id, hour, count, sum, max, latest, latest_at, set_id)
	order by business_id, meter_id, hour, set_id
	on conflict (business_id, meter_id, hour, set_id) do update set ${addTotals}`
);

const addToHours = prepared(
	'usage.add_to_hours',
	`insert into usage.hours as t (business_id, meter_id, hour, count, sum, max, latest, latest_at)
	select business_id, meter_id, hour, count, sum, max, latest, latest_at
	from unnest(${totalRows}) as r (business_id, meter_id, hour, count, sum, max, latest, latest_at)
	order by business_id, meter_id, hour
	on conflict (business_id, meter_id, hour) do update set ${addTotals}`
);

// A left join: should a business's zone be missing, the statement fails for want of a day rather than
// leave its hours out.
const addToDays = prepared(
	'usage.add_to_days',
	`insert into usage.days as t (business_id, meter_id, day, count, sum, max, latest, latest_at)
	select business_id, meter_id, (hour at time zone time_zone)::date as day, sum(count), sum(sum),
		max(max), (array_agg(latest order by latest_at desc, latest desc))[1], max(latest_at)
	from unnest(${totalRows}) as r (business_id, meter_id, hour, count, sum, max, latest, latest_at)
	left join usage.zones using (business_id)
	group by business_id, meter_id, day
	order by business_id, meter_id, day
	on conflict (business_id, meter_id, day) do update set ${addTotals}`
);

function totalColumns(totals: Total[]): Buffer[] {
	return [
		textArray(totals.map(({ businessId }) => businessId)),
		textArray(totals.map(({ meterId }) => meterId)),
		instantArray(totals.map(({ hour }) => hour)),
		int8Array(totals.map(({ count }) => count)),
		textArray(totals.map(({ sum }) => (sum === null ? null : String(sum)))),
		textArray(totals.map(({ max }) => (max === null ? null : String(max)))),
		textArray(totals.map(({ latest }) => (latest === null ? null : String(latest)))),
		instantArray(totals.map(({ latestAt }) => latestAt))
	];
}

const addToUniques = prepared(
	'usage.add_to_uniques',
	`insert into usage.uniques as u (business_id, meter_id, value, first_hour, last_hour)
	select business_id, meter_id, value, min(hour), max(hour)
	from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
		as r (business_id, meter_id, value, hour)
	group by business_id, meter_id, value
	order by business_id, meter_id, value
	on conflict (business_id, meter_id, value) do update
		set first_hour = least(u.first_hour, excluded.first_hour),
			last_hour = greatest(u.last_hour, excluded.last_hour)
		where excluded.first_hour < u.first_hour or excluded.last_hour > u.last_hour`
);

const addToUniqueHours = prepared(
	'usage.add_to_unique_hours',
	`insert into usage.unique_hours (business_id, meter_id, value, hour, set_id)
	select business_id, meter_id, value, hour, set_id
	from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::uuid[])
		as r (business_id, meter_id, value, hour, set_id)
	order by business_id, meter_id, value, hour, set_id
	on conflict (business_id, meter_id, value, hour, set_id) do nothing`
);

function uniqueColumns(uniques: Totals['uniqueHours']): Buffer[] {
	return [
		textArray(uniques.map(({ businessId }) => businessId)),
		textArray(uniques.map(({ meterId }) => meterId)),
		textArray(uniques.map(({ value }) => value)),
		instantArray(uniques.map(({ hour }) => hour))
	];
}
