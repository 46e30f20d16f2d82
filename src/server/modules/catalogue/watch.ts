import { sql } from 'kysely';
import { withSystem } from '../../platform/doors.ts';
import { newId } from '../../platform/ids.ts';
import { defineJob } from '../../platform/jobs.ts';
import { announceToAll } from '../../platform/live.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope } from '../../platform/scope.ts';
import { listClients, type Client } from './clients.ts';

/** A product that says nothing for this long counts as silent. */
const patienceMs = 5_000;
/** Silent so many times in a row, it does not work. */
const silentChecks = 3;
/** Checks further apart than this are not in a row: the portal itself was away in between. */
const apartMs = 3 * 60_000;

const job = 'catalogue.watch';

/**
 * Asks every product that signs people in whether it is there. Whatever it answers will do, but a failure of its
 * server: the same that a launch waits for.
 */
defineJob<object>({
	name: job,
	cron: '* * * * *',
	opensOwnDoors: true,
	work: watchProducts
});

export async function watchProducts(): Promise<void> {
	const clients = await withSystem(job, (scope) => listClients(scope), { unseen: true });
	await Promise.all(
		clients.map(async ({ productId, slug, loginUrl }) => {
			if (loginUrl === null) return;
			const answers = await ask(loginUrl);
			const change = await (answers ? hear(productId) : miss(productId));
			if (change) runtime().log.warn({ product: slug, loginUrl }, change);
		})
	);
}

async function ask(url: NonNullable<Client['loginUrl']>): Promise<boolean> {
	try {
		// eslint-disable-next-line no-restricted-globals -- this file is the one that watches products
		const response = await fetch(url, {
			method: 'HEAD',
			redirect: 'manual',
			signal: AbortSignal.timeout(patienceMs)
		});
		return response.status < 500;
	} catch {
		// Refused, unknown, cut off or too slow: to whoever wants to launch it is all the same.
		return false;
	}
}

async function hear(productId: string): Promise<string | null> {
	const ended = await withSystem(job, async (scope) => {
		const { db, now } = scope;
		const { numUpdatedRows: wasSilent } = await db
			.updateTable('catalogue.products')
			.set({ silent_checks: 0, silent_at: null })
			.where('id', '=', productId)
			.where('silent_at', 'is not', null)
			.executeTakeFirst();
		if (wasSilent === 0n) return false;
		const { numUpdatedRows } = await db
			.updateTable('catalogue.product_states')
			.set({ ended_at: now })
			.where('product_id', '=', productId)
			.where('reported_by', '=', 'watch')
			.where('ended_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) return false;
		await announceToAll(scope, 'launch');
		return true;
	});
	return ended ? 'a product answers again' : null;
}

async function miss(productId: string): Promise<string | null> {
	const silent = await withSystem(
		job,
		async ({ db, now }) => {
			const before = new Date(now.getTime() - apartMs);
			const { silent_checks } = await db
				.updateTable('catalogue.products')
				.set({
					silent_checks: sql`case when silent_at > ${before} then silent_checks else 0 end + 1`,
					silent_at: now
				})
				.where('id', '=', productId)
				.returning('silent_checks')
				.executeTakeFirstOrThrow();
			return silent_checks;
		},
		{ unseen: true }
	);
	if (silent < silentChecks) return null;
	const opened = await withSystem(job, (scope) => openOutage(scope, productId));
	return opened ? 'a product does not answer' : null;
}

/** Where nobody has said yet that it does not work: one thing is told once. */
async function openOutage(scope: Scope, productId: string): Promise<boolean> {
	const { db, now } = scope;
	const known = await db
		.selectFrom('catalogue.product_states')
		.select('id')
		.where('product_id', '=', productId)
		.where('state', 'in', ['outage', 'maintenance'])
		.where('starts_at', '<=', now)
		.where('ended_at', 'is', null)
		.where((row) => row.or([row('state', '=', 'outage'), row('expected_until', '>', now)]))
		.executeTakeFirst();
	if (known) return false;
	const { numInsertedOrUpdatedRows } = await db
		.insertInto('catalogue.product_states')
		.values({
			id: newId('sta', now),
			product_id: productId,
			state: 'outage',
			starts_at: now,
			reported_by: 'watch',
			created_at: now
		})
		.onConflict((conflict) =>
			conflict
				.column('product_id')
				.where((row) => row.and([row('ended_at', 'is', null), row('reported_by', '=', 'watch')]))
				.doNothing()
		)
		.executeTakeFirst();
	if (!numInsertedOrUpdatedRows) return false;
	await announceToAll(scope, 'launch');
	return true;
}
