import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import * as v from 'valibot';
import { withSystem } from '../../platform/doors.ts';
import { Conflict, NotFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { defineJob, enqueue } from '../../platform/jobs.ts';
import { announce } from '../../platform/live.ts';
import type { Scope, System } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readProduct } from '../catalogue/index.ts';
import { daysOfHours, foldingAnew, hoursAround } from './days.ts';
import { requireHoursSince } from './folding.ts';
import { addStored } from './ledger.ts';
import { clearingLevels } from './levels.ts';
import { awaitWriters, lockForRecount } from './recount-locks.ts';
import { requireEventsSince } from './retention.ts';
import { statement } from './statement.ts';
import { readStored, type Stretch } from './stored.ts';
import { foldingValues } from './value-hours.ts';
import { selectVersions, type MeterVersion } from './versions.ts';

const hourMs = 3_600_000;
/** Until every process knows of a recount: see `recount-locks.ts`. */
const noticeMs = 6_000;
/** About so many events make a piece, which writers of the meter wait for; an hour is never divided. */
const pieceEvents = 10_000;
/** A job that takes longer is taken for lost, so it goes on in another. */
const jobMs = 120_000;

const recountJob = defineJob<{ id: string }>({
	name: 'usage.recount',
	opensOwnDoors: true,
	async work({ id }) {
		if (await recount(id, { forMs: jobMs })) return;
		await withSystem('usage.recount', (scope) => enqueue(scope, recountJob, { id }));
	}
});

/**
 * Counts a meter anew from an hour on, from the stored events, as its newest version says: that is in force
 * from then on. A job does it, piece by piece; until it is done, hours it has not come to may mix versions.
 * An event that the version cannot read counts nothing.
 * @throws NotFound for an unknown product or meter; Conflict `recount_running`; Invalid(`events_dropped`,
 * `hours_folded`) when events or hours of that time are no longer there
 */
export const recountMeter = usecase(
	'usage.define',
	v.object({ product: v.string(), meter: v.string(), from: v.date() }),
	async (scope, input): Promise<{ id: string; from: Date }> => {
		const { db, now } = scope;
		const product = await readProduct(scope, { slug: input.product });
		const meter = await db
			.selectFrom('usage.meters')
			.select('id')
			.where('product_id', '=', product.id)
			.where('slug', '=', input.meter)
			.forUpdate()
			.executeTakeFirst();
		if (!meter) throw new NotFound(`The meter ${input.meter}`);
		const from = new Date(Math.floor(input.from.getTime() / hourMs) * hourMs);
		await requireEventsSince(scope, from);
		await requireHoursSince(scope, from);
		const id = newId('rec', now);
		const made = await db
			.insertInto('usage.recounts')
			.values({ id, meter_id: meter.id, from_hour: from, at_hour: from, asked_at: now })
			.onConflict((conflict) => conflict.doNothing())
			.returning('id')
			.executeTakeFirst();
		if (!made)
			throw new Conflict(
				'recount_running',
				`The meter ${input.meter} is being counted anew already.`
			);
		await sql`
			update usage.meter_versions v set effective_from = least(effective_from, ${from}::timestamptz)
			where meter_id = ${meter.id} and version = (
				select max(version) from usage.meter_versions n where n.meter_id = v.meter_id
			)`.execute(db);
		await enqueue(scope as Scope<System>, recountJob, { id });
		return { id, from };
	}
);

/**
 * Goes on where it was left, so that it may be killed at any moment and called again.
 * @returns whether it is done, which it may not be after this time
 */
export async function recount(
	id: string,
	{ forMs = Infinity, afterMs = noticeMs } = {}
): Promise<boolean> {
	const until = performance.now() + forMs;
	// Its transaction has committed, or nobody could name it; who began before knows nothing of it yet.
	await wait(afterMs);
	await withSystem('usage.recount', awaitWriters, { unseen: true });
	while (await withSystem('usage.recount', (scope) => recountPiece(scope, id), { unseen: true }))
		if (performance.now() > until) return false;
	return true;
}

/** @returns whether there may be more */
async function recountPiece(scope: Scope<System>, id: string): Promise<boolean> {
	const { db } = scope;
	const at = await db
		.selectFrom('usage.recounts')
		.select([
			'meter_id as meterId',
			'at_business as businessId',
			'at_hour as hour',
			'from_hour as from'
		])
		.where('id', '=', id)
		.where('finished_at', 'is', null)
		.forUpdate()
		.executeTakeFirst();
	if (!at) return false;
	const goOn = (to: { at_business?: string; at_hour?: Date; finished_at?: Date }) =>
		db.updateTable('usage.recounts').set(to).where('id', '=', id).execute();
	await lockForRecount(scope, at.meterId);
	const versions = await selectVersions(scope, at.meterId);
	const piece = await findPiece(scope, versions, at.businessId, at.hour);
	if (piece) {
		await rebuild(scope, versions, at.businessId, piece);
		await goOn({ at_hour: piece.to });
		await announce(scope, at.businessId, 'usage');
		return true;
	}
	const next = await db
		.selectFrom('usage.zones')
		.select('business_id as id')
		.where('business_id', '>', at.businessId)
		.orderBy('business_id')
		.limit(1)
		.executeTakeFirst();
	if (next) await goOn({ at_business: next.id, at_hour: at.from });
	else await goOn({ finished_at: scope.now });
	return next !== undefined;
}

/** The next hours of a business in which there is something to count, or that was counted; null after the last. */
async function findPiece(
	{ db }: Scope,
	versions: MeterVersion[],
	businessId: string,
	from: Date
): Promise<Stretch | null> {
	const [{ id, productId } = { id: '', productId: '' }] = versions;
	const types = versions.map(({ eventType }) => eventType);
	const { rows } = await sql<{ first: Date | null; full: Date | null }>`
		select least(
			(select date_trunc('hour', occurred_at, 'UTC') from usage.events
				where business_id = ${businessId} and occurred_at >= ${from} and product_id = ${productId}
					and type = any(${types})
				order by occurred_at limit 1),
			(select hour from usage.hours
				where business_id = ${businessId} and meter_id = ${id} and hour >= ${from}
				order by hour limit 1)
		) as first, (
			select date_trunc('hour', occurred_at, 'UTC') from usage.events
			where business_id = ${businessId} and occurred_at >= ${from} and product_id = ${productId}
				and type = any(${types})
			order by occurred_at offset ${pieceEvents} limit 1
		) as full`.execute(db);
	const [{ first, full } = { first: null, full: null }] = rows;
	if (!first) return null;
	// A month at the longest, so that totals without events do not all come at once.
	const longest = first.getTime() + 31 * 24 * hourMs;
	const to = full ? Math.max(full.getTime(), first.getTime() + hourMs) : longest;
	return { from: first, to: new Date(Math.min(to, longest)) };
}

/** Takes out what these hours say of the meter, and puts in what the events say. */
async function rebuild(
	scope: Scope<System>,
	versions: MeterVersion[],
	businessId: string,
	{ from, to }: Stretch
): Promise<void> {
	const [{ id } = { id: '' }] = versions;
	const span = [businessId, id, from, to];
	for (const clear of clearing) await clear(scope, span);
	for await (const entries of readStored(scope, versions, businessId, { from, to }))
		await addStored(scope, entries);
	for (const fold of folding) await fold(scope, span);
}

/** Parameters: business, meter, from, to. */
const clearing = [
	...clearingLevels.map((text) => statement(text)),
	statement(
		`delete from usage.unique_hours
		where business_id = $1 and meter_id = $2 and hour >= $3 and hour < $4`
	),
	statement(
		`delete from usage.slices where business_id = $1 and meter_id = $2 and hour >= $3 and hour < $4`
	),
	statement(
		`delete from usage.hours where business_id = $1 and meter_id = $2 and hour >= $3 and hour < $4`
	),
	statement(
		`delete from usage.minutes
		where business_id = $1 and meter_id = $2 and minute >= $3 and minute < $4`
	)
];

/** What is made of hours: days, and the first and last hour of each value. */
const folding = [...foldingAnew(daysOfHours, hoursAround), ...foldingValues()];
