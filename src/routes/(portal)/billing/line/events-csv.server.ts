import type { RequestEvent } from '@sveltejs/kit';
import { csvMark, csvRows } from '#lib/format/csv.ts';
import { civilDate, formatTime } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { startOfDay } from '#server/modules/rating/index.ts';
import { listMeterEvents, listMeters, type MeterEvents } from '#server/modules/usage/index.ts';
import { download } from '#server/web/download.ts';
import { inBusiness } from '#server/web/page.ts';
import { dimensionName } from '../../parts/dimensions.ts';
import type { LineOf } from './read.server.ts';

/** So many events are read at a time, each time in a transaction of its own, and no more are ever held. */
const piece = 1_000;

/** The events that a line counts, newest first and to their end, as they go out. */
export async function downloadEvents(
	event: RequestEvent,
	name: string,
	{ productId, meter, period }: LineOf
): Promise<Response> {
	const { zone, dimensions } = await inBusiness(event, async (scope) => ({
		zone: scope.actor.timeZone,
		dimensions:
			(await listMeters(scope, {})).find((one) => one.productId === productId && one.slug === meter)
				?.dimensions ?? []
	}));
	const span = { from: startOfDay(period.start, zone), to: startOfDay(period.end, zone) };
	const read = (before: MeterEvents['next']): Promise<MeterEvents> =>
		inBusiness(event, (scope) =>
			listMeterEvents(scope, {
				productId,
				meter,
				...span,
				limit: piece,
				...(before ? { before } : {})
			})
		);
	return download(name, 'csv', pieces(read, dimensions, zone));
}

async function* pieces(
	read: (before: MeterEvents['next']) => Promise<MeterEvents>,
	dimensions: readonly string[],
	zone: string
): AsyncGenerator<string> {
	yield (
		csvMark +
		csvRows([
			[
				m.line_csv_time(),
				m.line_csv_value(),
				...dimensions.map(dimensionName),
				m.line_csv_id(),
				m.line_csv_source(),
				m.line_csv_received(),
				m.line_csv_corrects()
			]
		])
	);
	const at = (moment: Date): string => `${civilDate(moment, zone)} ${formatTime(moment, zone)}`;
	for (let before: MeterEvents['next'] = null, more = true; more;) {
		const { events, next } = await read(before);
		yield csvRows(
			events.map(({ time, value, dimensions: said, id, source, receivedAt, corrects }) => [
				at(time),
				value === null ? 1 : plain(value),
				...dimensions.map((dimension) => said[dimension] ?? null),
				id,
				source,
				at(receivedAt),
				corrects
			])
		);
		before = next;
		more = next !== null;
	}
}

/** A number where it stays the same as one: text that begins like a formula is kept from being one. */
function plain(value: string): string | number {
	return String(Number(value)) === value ? Number(value) : value;
}
