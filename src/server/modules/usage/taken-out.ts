import type { Scope, System } from '../../platform/scope.ts';
import { instantArray, textArray } from './arrays.ts';
import { memory } from './memory.ts';
import { statement } from './statement.ts';
import type { UniqueHour } from './totals.ts';

// A process remembers which values it has seen written in which hour, and does not write them again. A
// correction may take one out meanwhile. It says so in a table, which is looked at by whoever relies on its
// memory, once they hold the hour's total: by then the correction has committed, or waits for them.

type Hour = Pick<UniqueHour, 'businessId' | 'meterId' | 'hour'>;

/** What is remembered of some hours was wrong; from now on nothing is. */
export class TakenOut extends Error {}

export function wasTakenOut(hour: Hour): boolean {
	const { takenOut } = memory();
	return !takenOut.isEmpty && takenOut.has(nameOf(hour));
}

/** Lets the transaction fail when a value may be missing from one of these hours; it may leave with its commit. */
export async function requireNotTakenOut(
	scope: Scope<System>,
	uniqueHours: readonly UniqueHour[]
): Promise<void> {
	await requireNone(scope, columnsOf(hoursOf(uniqueHours)));
}

/**
 * The same, and learns which hours it is.
 * @throws TakenOut
 */
export async function noticeTakenOut(
	scope: Scope<System>,
	uniqueHours: readonly UniqueHour[]
): Promise<void> {
	const hours = hoursOf(uniqueHours);
	const found = await select(scope, columnsOf(hours));
	if (found.length === 0) return;
	const { takenOut } = memory();
	for (const { ordinal } of found) {
		const hour = hours[Number(ordinal) - 1];
		if (hour) takenOut.add(nameOf(hour));
	}
	throw new TakenOut('A value was taken out.');
}

/** They come hour by hour. */
function hoursOf(uniqueHours: readonly UniqueHour[]): UniqueHour[] {
	return uniqueHours.filter((unique, index) => {
		const before = uniqueHours[index - 1];
		return (
			before?.hour !== unique.hour ||
			before.meterId !== unique.meterId ||
			before.businessId !== unique.businessId
		);
	});
}

function columnsOf(hours: readonly Hour[]): Buffer[] {
	return [
		textArray(hours.map(({ businessId }) => businessId)),
		textArray(hours.map(({ meterId }) => meterId)),
		instantArray(hours.map(({ hour }) => hour))
	];
}

const found = `from unnest($1::text[], $2::text[], $3::timestamptz[])
		with ordinality as h (business_id, meter_id, hour, ordinal)
	where exists (
		select from usage.taken_out t
		where t.business_id = h.business_id and t.meter_id = h.meter_id and t.hour = h.hour
	)`;

const requireNone = statement(
	`select platform.require(not exists (select ${found}), 'values are still there')`
);

const select = statement<{ ordinal: bigint }>(`select ordinal ${found}`);

function nameOf({ businessId, meterId, hour }: Hour): string {
	return `${businessId} ${meterId} ${hour}`;
}
