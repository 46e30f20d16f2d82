import { tellChange } from '../../platform/changes.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { instantArray, int8Array, jsonArray, textArray, uuidArray } from './arrays.ts';
import { writeLevels } from './levels.ts';
import { memory } from './memory.ts';
import { writeMinutes } from './minutes.ts';
import { statement } from './statement.ts';
import type { Decimal } from './decimals.ts';
import type { DimensionSet, Entry } from './readings.ts';
import { folded } from './days.ts';
import { noticeTakenOut, requireNotTakenOut, wasTakenOut } from './taken-out.ts';
import { addUp, type Total, type Totals, type UniqueHour } from './totals.ts';

// Every transaction writes receipts first, then the other tables in one order, and each table's rows in
// the order of its key: two processes that meet the same rows wait for each other and never deadlock.

/**
 * Remembers that events were received, where some may have been before.
 * @returns those that had not
 */
export async function insertReceipts(scope: Scope<System>, entries: Entry[]): Promise<Entry[]> {
	const rows = await receive(scope, [
		textArray(entries.map(({ businessId }) => businessId)),
		uuidArray(entries.map(({ key }) => key)),
		instantArray(entries.map(({ time }) => time))
	]);
	return rows.flatMap(({ ordinal }) => entries[Number(ordinal) - 1] ?? []);
}

const receive = statement<{ ordinal: bigint }>(
	`with given as (
		select business_id, key, occurred_at, ordinal
		from unnest($1::text[], $2::uuid[], $3::timestamptz[])
			with ordinality as r (business_id, key, occurred_at, ordinal)
	),
	fresh as (
		insert into usage.receipts (business_id, key, occurred_at)
		select business_id, key, occurred_at from given order by business_id, key
		on conflict (business_id, key) do nothing
		returning business_id, key
	)
	select given.ordinal from given join fresh using (business_id, key) order by given.ordinal`
);

/**
 * Keeps the events, adds them to the totals and tells open pages. What it returns is to be called once
 * the transaction has committed.
 * @param receipts `written`, or still to be written: then none of the events may have been received before
 * @param recounted meters of which nothing is taken for written, since a recount takes it away
 * @param again events that are counted once more: for a correction, which so holds the rows that it recounts
 * @throws TakenOut, where receipts are written, when what is remembered was wrong: to be called again, in
 * another transaction; otherwise an error that says nothing of it
 * @throws an error of the constraint `receipts_pkey` when one has been
 */
export async function writeEntries(
	scope: Scope<System>,
	entries: Entry[],
	receipts: 'written' | 'to write',
	recounted: ReadonlySet<string>,
	again: Entry[] = []
): Promise<() => void> {
	if (entries.length === 0) return () => undefined;
	const counted = again.length === 0 ? entries : [...entries, ...again];
	const { hours, slices, uniqueHours } = addUp(counted);
	const known = memory();
	const newSets = setsOf(slices).filter(({ name }) => !known.sets.has(name));
	const isNew = (unique: UniqueHour): boolean =>
		recounted.has(unique.meterId) || !known.uniqueHours.has(unique.name) || wasTakenOut(unique);
	const newUniques = uniqueHours.filter(isNew);
	const businesses = [...new Set(hours.map(({ businessId }) => businessId))];
	const write = receipts === 'written' ? writeReceived : writeAll;

	// One connection: they run in this order, sent in one go.
	await Promise.all([
		write(scope, [
			...eventColumns(entries),
			...totalColumns(hours),
			...totalColumns(slices),
			uuidArray(slices.map(({ set }) => set?.id ?? '')),
			...setColumns(newSets),
			...uniqueColumns(newUniques)
		]),
		writeLevels(scope, counted),
		writeMinutes(scope, counted),
		announce(scope, businesses, 'usage'),
		newUniques.length < uniqueHours.length
			? // After the totals: whoever takes a value out of these hours has done so by now, or waits.
				(receipts === 'written' ? noticeTakenOut : requireNotTakenOut)(
					scope,
					uniqueHours.filter((unique) => !isNew(unique))
				)
			: undefined
	]);
	return () => {
		for (const { name } of newSets) known.sets.add(name);
		for (const { name, meterId } of newUniques)
			if (!recounted.has(meterId)) known.uniqueHours.add(name);
		// Pages that are kept are told here, before the senders are answered.
		for (const businessId of businesses) tellChange(businessId);
	};
}

/** Adds events to the totals that are stored already: for a recount, which trusts no memory. */
export async function addStored(scope: Scope<System>, entries: Entry[]): Promise<void> {
	if (entries.length === 0) return;
	await Promise.all([
		addTotals(scope, addUp(entries)),
		writeLevels(scope, entries),
		writeMinutes(scope, entries)
	]);
}

/** Adds totals of events that are stored already. */
export async function addTotals(
	scope: Scope<System>,
	{ hours, slices, uniqueHours }: Totals
): Promise<void> {
	await writeReceived(scope, [
		...eventColumns([]),
		...totalColumns(hours),
		...totalColumns(slices),
		uuidArray(slices.map(({ set }) => set?.id ?? '')),
		...setColumns(setsOf(slices)),
		...uniqueColumns(uniqueHours)
	]);
}

/**
 * Adds `excluded` to a row of totals; of two readings at the same moment the greater is the latest. A day may
 * have hours with a sum and hours without, by different versions of its meter.
 */
const addExcluded = `do update set
	count = t.count + excluded.count,
	sum = coalesce(t.sum + excluded.sum, t.sum, excluded.sum),
	max = greatest(t.max, excluded.max),
	latest = case when (excluded.latest_at, excluded.latest) > (t.latest_at, t.latest)
		then excluded.latest else t.latest end,
	latest_at = greatest(t.latest_at, excluded.latest_at)`;

/** The parameters from `first` on, as eight columns of totals. */
const totalsFrom = (first: number): string =>
	[...'text text timestamptz bigint text text text timestamptz'.split(' ')]
		.map(
			(type, index) =>
				`$${first + index}::${type}[]${type === 'text' && index > 1 ? '::numeric[]' : ''}`
		)
		.join(', ');

// One statement, since a single event would otherwise pay for eight. PostgreSQL runs its main part first,
// then the parts of `with` from the last to the first: totals, which others wait for, come last. A left
// join to the zones: should a business's be missing, the statement fails for want of a day rather than
// leave its hours out.
const write = (main: string): string => `
	with given as (
		select business_id, meter_id, hour, count, sum, max, latest, latest_at
		from unnest(${totalsFrom(11)}) as r (business_id, meter_id, hour, count, sum, max, latest, latest_at)
	),
	met as (
		select business_id, meter_id, value, hour, set_id
		from unnest($32::text[], $33::text[], $34::text[], $35::timestamptz[], $36::uuid[])
			as u (business_id, meter_id, value, hour, set_id)
	),
	told as (
		select business_id, meter_id, hour, count, sum, max, latest, latest_at, set_id
		from unnest(${totalsFrom(19)}, $27::uuid[])
			as r (business_id, meter_id, hour, count, sum, max, latest, latest_at, set_id)
	),
	unique_days as (
		insert into usage.unique_days (business_id, meter_id, value, day, set_id)
		select distinct business_id, meter_id, value, (hour at time zone time_zone)::date as day, set_id
		from met left join usage.zones using (business_id)
		order by business_id, meter_id, value, day, set_id
		on conflict (business_id, meter_id, value, day, set_id) do nothing
	),
	unique_hours as (
		insert into usage.unique_hours (business_id, meter_id, value, hour, set_id)
		select business_id, meter_id, value, hour, set_id from met
		order by business_id, meter_id, value, hour, set_id
		on conflict (business_id, meter_id, value, hour, set_id) do nothing
	),
	uniques as (
		insert into usage.uniques as u (business_id, meter_id, value, first_hour, last_hour)
		select business_id, meter_id, value, min(hour), max(hour) from met
		group by business_id, meter_id, value
		order by business_id, meter_id, value
		on conflict (business_id, meter_id, value) do update
			set first_hour = least(u.first_hour, excluded.first_hour),
				last_hour = greatest(u.last_hour, excluded.last_hour)
			where excluded.first_hour < u.first_hour or excluded.last_hour > u.last_hour
	),
	day_slices as (
		insert into usage.day_slices as t
			(business_id, meter_id, day, set_id, count, sum, max, latest, latest_at)
		select business_id, meter_id, (hour at time zone time_zone)::date as day, set_id, ${folded}
		from told left join usage.zones using (business_id)
		group by business_id, meter_id, day, set_id
		order by business_id, meter_id, day, set_id
		on conflict (business_id, meter_id, day, set_id) ${addExcluded}
	),
	days as (
		insert into usage.days as t (business_id, meter_id, day, count, sum, max, latest, latest_at)
		select business_id, meter_id, (hour at time zone time_zone)::date as day, ${folded}
		from given left join usage.zones using (business_id)
		group by business_id, meter_id, day
		order by business_id, meter_id, day
		on conflict (business_id, meter_id, day) ${addExcluded}
	),
	hours as (
		insert into usage.hours as t (business_id, meter_id, hour, count, sum, max, latest, latest_at)
		select business_id, meter_id, hour, count, sum, max, latest, latest_at from given
		order by business_id, meter_id, hour
		on conflict (business_id, meter_id, hour) ${addExcluded}
	),
	slices as (
		insert into usage.slices as t
			(business_id, meter_id, hour, set_id, count, sum, max, latest, latest_at)
		select business_id, meter_id, hour, set_id, count, sum, max, latest, latest_at from told
		order by business_id, meter_id, hour, set_id
		on conflict (business_id, meter_id, hour, set_id) ${addExcluded}
	),
	sets as (
		insert into usage.dimension_sets (business_id, id, meter_id, dimensions)
		select business_id, id, meter_id, dimensions
		from unnest($28::text[], $29::uuid[], $30::text[], $31::text[]::jsonb[])
			as s (business_id, id, meter_id, dimensions)
		order by business_id, id
		on conflict (business_id, id) do nothing
	),
	kept as (
		insert into usage.events
			(business_id, occurred_at, received_at, key, product_id, source, id, type, data, attributes)
		select unnest($1::text[]), unnest($2::timestamptz[]), unnest($3::timestamptz[]), unnest($4::uuid[]),
			unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::json[]),
			unnest($10::json[])
	)
	${main}`;

const writeReceived = statement(write('select'));

const writeAll = statement(
	write(`insert into usage.receipts (business_id, key, occurred_at)
	select unnest($1::text[]) as business_id, unnest($4::uuid[]) as key, unnest($2::timestamptz[]) as occurred_at
	order by business_id, key`)
);

function eventColumns(entries: Entry[]): Buffer[] {
	return [
		textArray(entries.map(({ businessId }) => businessId)),
		instantArray(entries.map(({ time }) => time)),
		instantArray(entries.map(({ receivedAt }) => receivedAt)),
		uuidArray(entries.map(({ key }) => key)),
		textArray(entries.map(({ productId }) => productId)),
		textArray(entries.map(({ source }) => source)),
		textArray(entries.map(({ id }) => id)),
		textArray(entries.map(({ type }) => type)),
		jsonArray(entries.map(({ data }) => data)),
		jsonArray(entries.map(({ attributes }) => attributes))
	];
}

function totalColumns(totals: Total[]): Buffer[] {
	const text = (value: Decimal | null): string | null => (value === null ? null : String(value));
	return [
		textArray(totals.map(({ businessId }) => businessId)),
		textArray(totals.map(({ meterId }) => meterId)),
		instantArray(totals.map(({ hour }) => hour)),
		int8Array(totals.map(({ count }) => count)),
		textArray(totals.map(({ sum }) => text(sum))),
		textArray(totals.map(({ max }) => text(max))),
		textArray(totals.map(({ latest }) => text(latest))),
		instantArray(totals.map(({ latestAt }) => latestAt))
	];
}

interface BusinessSet {
	businessId: string;
	set: DimensionSet;
	/** Both in one text. */
	name: string;
}

function setsOf(slices: Total[]): BusinessSet[] {
	const found = new Map<string, BusinessSet>();
	for (const { businessId, set } of slices) {
		if (!set) continue;
		const name = `${businessId} ${set.id}`;
		if (!found.has(name)) found.set(name, { businessId, set, name });
	}
	return [...found.values()];
}

function setColumns(sets: BusinessSet[]): Buffer[] {
	return [
		textArray(sets.map(({ businessId }) => businessId)),
		uuidArray(sets.map(({ set }) => set.id)),
		textArray(sets.map(({ set }) => set.meterId)),
		textArray(sets.map(({ set }) => set.dimensions))
	];
}

function uniqueColumns(uniques: UniqueHour[]): Buffer[] {
	return [
		textArray(uniques.map(({ businessId }) => businessId)),
		textArray(uniques.map(({ meterId }) => meterId)),
		textArray(uniques.map(({ value }) => value)),
		instantArray(uniques.map(({ hour }) => hour)),
		uuidArray(uniques.map(({ setId }) => setId))
	];
}
