import { withSystem } from '../../platform/doors.ts';
import { listBusinesses } from '../businesses/index.ts';
import { memory } from './memory.ts';
import type { Entry } from './readings.ts';

/** Writes down the zone of each business that reports for the first time: its days are added up in it. */
export async function noteZones(entries: readonly Entry[]): Promise<void> {
	const { zones } = memory();
	const unknown = new Set<string>();
	for (const { businessId } of entries) if (!zones.has(businessId)) unknown.add(businessId);
	if (unknown.size === 0) return;
	const noted = await withSystem(
		'usage.note-zones',
		async (scope) => {
			// A business that does not exist is left out here, and refused where the group is checked.
			const rows = (await listBusinesses(scope, {})).filter(({ id }) => unknown.has(id));
			if (rows.length === 0) return rows;
			await scope.db
				.insertInto('usage.zones')
				.values(rows.map(({ id, timeZone }) => ({ business_id: id, time_zone: timeZone })))
				.onConflict((conflict) => conflict.doNothing())
				.execute();
			return rows;
		},
		{ unseen: true }
	);
	for (const { id } of noted) zones.add(id);
}
