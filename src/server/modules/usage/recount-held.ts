import type { Scope, System } from '../../platform/scope.ts';
import { instantArray, textArray, uuidArray } from './arrays.ts';
import { daysOfHours, foldingTable, hoursAround } from './days.ts';
import { addTotals } from './ledger.ts';
import { clearingLevels, foldingLevels, writeLevels } from './levels.ts';
import { minuteOf, writeMinutes } from './minutes.ts';
import type { Entry } from './readings.ts';
import { statement } from './statement.ts';
import { readStored } from './stored.ts';
import { addUp, noSet, type Total, type UniqueHour } from './totals.ts';
import { foldingValues } from './value-hours.ts';
import { selectVersions } from './versions.ts';

const hourMs = 3_600_000;

/** Rows of totals of one hour of a meter, all of them held by the transaction. */
interface Held {
	hour: Total;
	slices: Total[];
	uniqueHours: UniqueHour[];
	minutes: ReadonlySet<number>;
}

/**
 * Counts anew, from the stored events, the rows of totals in which these entries count. The transaction has
 * just counted them, and so holds each of these rows alone; of the same hours it touches no other, which
 * somebody may hold who waits for these.
 */
export async function recountHeld(scope: Scope<System>, entries: readonly Entry[]): Promise<void> {
	const { hours, slices, uniqueHours } = addUp(entries);
	for (const hour of hours) {
		const isOfHour = (row: { businessId: string; meterId: string; hour: number }): boolean =>
			row.hour === hour.hour && row.meterId === hour.meterId && row.businessId === hour.businessId;
		const counted = entries.filter(
			(entry) => entry.hour === hour.hour && entry.businessId === hour.businessId
		);
		await recountHour(scope, {
			hour,
			slices: slices.filter(isOfHour),
			uniqueHours: uniqueHours.filter(isOfHour),
			minutes: new Set(counted.map(({ time }) => minuteOf(time)))
		});
	}
}

async function recountHour(scope: Scope<System>, held: Held): Promise<void> {
	const { businessId, meterId, hour } = held.hour;
	const span = [businessId, meterId, new Date(hour), new Date(hour + hourMs)];
	const sets = [noSet, ...held.slices.map(({ set }) => set?.id ?? noSet)];
	const values = [
		textArray(held.uniqueHours.map(({ value }) => value)),
		uuidArray(held.uniqueHours.map(({ setId }) => setId))
	];
	await clearHour(scope, span.slice(0, 3));
	await clearSlices(scope, [...span.slice(0, 3), uuidArray(sets)]);
	await clearUniques(scope, [...span.slice(0, 3), ...values]);
	for (const clear of clearLevels) await clear(scope, [...span, uuidArray(sets)]);
	await clearMinutes(scope, [...span.slice(0, 2), instantArray([...held.minutes])]);

	const uniques = new Set(held.uniqueHours.map(({ name }) => name));
	const stretch = { from: new Date(hour), to: new Date(hour + hourMs) };
	const versions = await selectVersions(scope, meterId);
	for await (const entries of readStored(scope, versions, businessId, stretch)) {
		const totals = addUp(entries);
		await addTotals(scope, {
			hours: totals.hours,
			slices: totals.slices.filter(({ set }) => sets.includes(set?.id ?? noSet)),
			uniqueHours: totals.uniqueHours.filter(({ name }) => uniques.has(name))
		});
		await writeLevels(
			scope,
			entries.filter(({ readings: [reading] }) => sets.includes(reading?.set?.id ?? noSet))
		);
		await writeMinutes(
			scope,
			entries.filter(({ time }) => held.minutes.has(minuteOf(time)))
		);
	}

	for (const fold of foldDay) await fold(scope, span);
	for (const fold of foldSlices) await fold(scope, [...span, uuidArray(sets)]);
	if (held.uniqueHours.length === 0) return;
	for (const fold of foldUniques) await fold(scope, [...span, ...values]);
	for (const fold of foldValues) await fold(scope, [...span, values[0]]);
	await noteTakenOut(scope, [...span.slice(0, 3), ...values]);
}

// Parameters: business, meter, hour.
const clearHour = statement(
	`delete from usage.hours where business_id = $1 and meter_id = $2 and hour = $3`
);

const clearSlices = statement(
	`delete from usage.slices
	where business_id = $1 and meter_id = $2 and hour = $3 and set_id = any($4::uuid[])`
);

const clearUniques = statement(
	`delete from usage.unique_hours
	where business_id = $1 and meter_id = $2 and hour = $3
		and (value, set_id) in (select value, set_id from unnest($4::text[], $5::uuid[]) as u (value, set_id))`
);

const clearMinutes = statement(
	`delete from usage.minutes
	where business_id = $1 and meter_id = $2 and minute = any($3::timestamptz[])`
);

// Parameters: business, meter, from, to, sets.
const clearLevels = clearingLevels.map((text) => statement(`${text} and set_id = any($5::uuid[])`));

// Parameters: business, meter, from, to.
const foldDay = foldingTable('days', daysOfHours, hoursAround);
const ofSets = `${daysOfHours} and d.set_id = any($5::uuid[])`;
const foldSlices = [
	...foldingTable('slices', ofSets, hoursAround),
	...foldingLevels(ofSets, hoursAround).map((text) => statement(text))
];
const foldUniques = foldingTable(
	'uniques',
	`${daysOfHours} and (d.value, d.set_id) in (
		select value, set_id from unnest($5::text[], $6::uuid[]) as u (value, set_id))`,
	hoursAround
);

const foldValues = foldingValues('value = any($5::text[])');

const noteTakenOut = statement(
	`insert into usage.taken_out (business_id, meter_id, hour)
	select $1::text, $2::text, $3::timestamptz
	from unnest($4::text[], $5::uuid[]) as u (value, set_id)
	where not exists (
		select from usage.unique_hours h
		where h.business_id = $1 and h.meter_id = $2 and h.hour = $3 and h.value = u.value
			and h.set_id = u.set_id
	)
	limit 1
	on conflict (business_id, meter_id, hour) do nothing`
);
