import { csvMark, csvRows, type CsvRow } from '#lib/format/csv.ts';
import { civilDate, formatTime } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ActivityView } from '#server/modules/activity/index.ts';
import { fieldName, wordActivity } from './activity.ts';

/** So many entries are read at a time, and no more are ever held. */
const piece = 500;

/**
 * The log as comma-separated values, newest first and to its end. The next piece is read when the one before
 * has been taken, each in a transaction of its own, so that a slow reader holds nothing open.
 *
 * @param read the piece behind that place
 */
export async function* writeLog(
	read: (asked: {
		limit: number;
		before?: string;
	}) => Promise<{ entries: ActivityView[]; next: string | null }>,
	zone: string
): AsyncGenerator<string> {
	yield csvMark + csvRows([heads()]);
	for (let before: string | null | undefined; before !== null;) {
		const { entries, next } = await read({ limit: piece, ...(before ? { before } : {}) });
		yield csvRows(entries.map((entry) => row(entry, zone)));
		before = next;
	}
}

function heads(): CsvRow {
	return [
		m.activity_csv_when(),
		m.activity_csv_who(),
		m.activity_csv_what(),
		m.activity_csv_where(),
		m.activity_csv_product(),
		m.activity_csv_kind(),
		m.activity_csv_device(),
		m.activity_csv_address(),
		m.activity_csv_vendor()
	];
}

function row(entry: ActivityView, zone: string): CsvRow {
	const { who, what, where } = wordActivity(entry);
	return [
		`${civilDate(entry.at, zone)} ${formatTime(entry.at, zone)}`,
		who,
		what,
		where,
		entry.product?.name ?? null,
		fieldName(entry.field),
		entry.device,
		entry.address,
		entry.vendor?.reason ?? null
	];
}
