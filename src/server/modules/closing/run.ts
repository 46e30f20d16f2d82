import { withSystem } from '../../platform/doors.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Scope } from '../../platform/scope.ts';
import { listDueBusinesses } from '../billing/index.ts';
import { listTimeZones } from '../businesses/index.ts';
import { closeBusinesses, nothingClosed, type Closed } from './close.ts';
import { furthestDay } from './days.ts';
import { forgetFailure, keepFailure, listFailing } from './failures.ts';
import { noteClosed, readClosingSettings } from './settings.ts';

/** So many businesses are closed in one transaction: enough that a statement's own cost does not count. */
const atOnce = 200;

const job = 'closing.run';

/**
 * Closes all that is due, some businesses a transaction, two at a time: while one waits for the database the other
 * reckons. It looks at one index, and ends there when nothing is due. A business that cannot be closed holds none of
 * the others up.
 */
export async function closeDue({
	lanes = 2,
	size = atOnce
}: { lanes?: number; size?: number } = {}): Promise<Closed & { failed: number }> {
	let after: string | undefined;
	let over = false;
	let failed = 0;
	const total = { ...nothingClosed };
	const add = (closed: Closed): void => {
		for (const key of Object.keys(total) as (keyof Closed)[]) total[key] += closed[key];
	};
	const next = async (): Promise<{ businessIds: string[]; graceHours: number } | null> => {
		if (over) return null;
		const page = await withSystem(job, (scope) => readPage(scope, { after, limit: size }), {
			unseen: true
		});
		after = page?.businessIds.at(-1);
		over = after === undefined;
		return over ? null : page;
	};
	// One after the other, so that no two have the same page.
	let turn: Promise<unknown> = Promise.resolve();
	const take = (): ReturnType<typeof next> => {
		const taken = turn.then(next);
		turn = taken.catch(() => undefined);
		return taken;
	};
	const work = async (): Promise<void> => {
		for (;;) {
			const page = await take();
			if (!page) return;
			const { graceHours } = page;
			const failing = await withSystem(job, listFailing, { unseen: true });
			const sound = page.businessIds.filter((id) => !failing.has(id));
			const alone = page.businessIds.filter((id) => failing.get(id) === 'due');
			try {
				add(await closeSome({ businessIds: sound, graceHours }));
			} catch (error) {
				runtime().log.warn({ error }, 'a batch could not be closed: its businesses go one by one');
				alone.push(...sound);
			}
			for (const businessId of alone) {
				const closed = await closeAlone({ businessId, graceHours });
				if (closed) add(closed);
				else failed += 1;
			}
		}
	};
	await Promise.all(Array.from({ length: lanes }, work));
	if (total.subscriptions > 0) await withSystem(job, noteClosed, { unseen: true });
	return { ...total, failed };
}

/** Null when closing is held, or nothing is due. */
async function readPage(
	scope: Scope,
	{ after, limit }: { after: string | undefined; limit: number }
): Promise<{ businessIds: string[]; graceHours: number } | null> {
	const { graceHours, heldAt } = await readClosingSettings(scope, {});
	if (heldAt !== null) return null;
	const reached = furthestDay(await listTimeZones(scope, {}), scope.now, graceHours);
	return { businessIds: await listDueBusinesses(scope, { reached, after, limit }), graceHours };
}

async function closeSome({
	businessIds,
	graceHours
}: {
	businessIds: string[];
	graceHours: number;
}): Promise<Closed> {
	if (businessIds.length === 0) return nothingClosed;
	return withSystem(job, (scope) =>
		closeBusinesses(scope, { businessIds, wait: false, graceHours })
	);
}

/**
 * Closes what is due of one business, and keeps why where that fails.
 * @returns null where it failed
 */
export async function closeAlone({
	businessId,
	graceHours
}: {
	businessId: string;
	graceHours: number;
}): Promise<Closed | null> {
	try {
		return await withSystem(job, async (scope) => {
			const closed = await closeBusinesses(scope, {
				businessIds: [businessId],
				wait: true,
				graceHours
			});
			await forgetFailure(scope, businessId);
			return closed;
		});
	} catch (error) {
		runtime().log.error({ businessId, error }, 'a business could not be closed; it is tried again');
		await withSystem(job, (scope) => keepFailure(scope, businessId, error));
		return null;
	}
}
