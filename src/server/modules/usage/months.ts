import { sql } from 'kysely';
import { withSystem } from '../../platform/doors.ts';
import { memory } from './memory.ts';
import type { Entry } from './readings.ts';

/** Sees to it that the months of these events have their partition. */
export async function openMonths(entries: readonly Entry[]): Promise<void> {
	const { months } = memory();
	const missing = new Set<string>();
	let last = -1;
	for (const { hour, corrects } of entries) {
		// A correction is stored in the month of its original, which is there.
		if (hour === last || corrects !== null) continue;
		last = hour;
		const month = `${new Date(hour).toISOString().slice(0, 7)}-01`;
		if (!months.has(month)) missing.add(month);
	}
	for (const month of [...missing].sort()) {
		await withSystem(
			'usage.open-month',
			({ db }) => sql`select usage.open_month(${month}::date)`.execute(db),
			{ unseen: true }
		);
		months.add(month);
	}
}
