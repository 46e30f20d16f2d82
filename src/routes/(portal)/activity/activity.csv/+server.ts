import { civilDate, formatTime } from '#lib/format/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import { listActivity, type ActivityView } from '#server/modules/activity/index.ts';
import { fieldName, wordActivity } from '#server/web/activity.ts';
import { inBusiness, requireMember } from '#server/web/page.ts';
import { toCsv } from '../../usage/csv.ts';
import { toInput } from '../filters.ts';
import { readChoices } from '../read.server.ts';
import type { RequestHandler } from './$types';

/** So many entries are read at a time, each in a transaction of its own. */
const piece = 1_000;

/**
 * What the page shows under the same query, to its end and of any length: the next piece is read when the
 * one before has gone out, so that no more than one is ever held.
 */
export const GET: RequestHandler = async (event) => {
	const { member } = await requireMember(event);
	const zone = member.timeZone;
	const { filters } = await inBusiness(event, (scope) =>
		readChoices(scope, event.url.searchParams)
	);
	const input = { ...toInput(filters, zone), limit: piece };
	const encoder = new TextEncoder();
	let before: string | null = null;

	const body = new ReadableStream<Uint8Array>(
		{
			start(controller) {
				controller.enqueue(encoder.encode(toCsv([heads()])));
			},
			async pull(controller) {
				const { entries, next } = await inBusiness(event, (scope) =>
					listActivity(scope, { ...input, ...(before === null ? {} : { before }) })
				);
				// Without the mark that stands at the beginning of a file.
				if (entries.length > 0)
					controller.enqueue(
						encoder.encode(toCsv(entries.map((entry) => row(entry, zone))).slice(1))
					);
				before = next;
				if (next === null) controller.close();
			}
		},
		{ highWaterMark: 1 }
	);

	const name = ['activity', filters.product, filters.from, filters.to].filter(Boolean).join('-');
	return new Response(body, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${name}.csv"`,
			'cache-control': 'no-store'
		}
	});
};

function heads(): string[] {
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

function row(entry: ActivityView, zone: string): (string | null)[] {
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
