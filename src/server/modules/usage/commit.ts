import { setTimeout as wait } from 'node:timers/promises';
import { withSystem } from '../../platform/doors.ts';
import { Invalid, Unauthorized, violatedConstraint, type Expected } from '../../platform/errors.ts';
import { runtime } from '../../platform/runtime.ts';
import { authorize, type Scope, type System } from '../../platform/scope.ts';
import { listCountedHolders, requireCountedHolders } from '../billing/index.ts';
import { listLiveKeys, requireLiveKeys } from '../catalogue/index.ts';
import { writeCorrections } from './corrections.ts';
import { knownMeters } from './known-meters.ts';
import { insertReceipts, writeEntries } from './ledger.ts';
import { openMonths } from './months.ts';
import type { KnownMeters } from './memory.ts';
import type { Waiting } from './queue.ts';
import { unknownBusiness, type Entry } from './readings.ts';
import { isCurrent, lockRecounted, recounting } from './recount-locks.ts';
import { TakenOut } from './taken-out.ts';
import { noteZones } from './zones.ts';

/** What one request brought: taken whole or not at all. */
export interface Batch {
	keyId: string;
	productId: string;
	entries: Entry[];
	/** Whether some of them are corrections: then it is written by itself. */
	corrects: boolean;
	/** Of the meters that it was read by. */
	stamp: string;
}

/** How many events of a batch were new, and how many had been counted before. */
export interface Counted {
	received: number;
	new: number;
	known: number;
}

type Group = Waiting<Batch, Counted>[];

/** Thrown to leave the transaction: these batches may not be written. */
class Refused extends Error {
	readonly refusals: Map<Batch, Expected>;
	constructor(refusals: Map<Batch, Expected>) {
		super('Some batches may not be written.');
		this.refusals = refusals;
	}
}

/** Pauses, in ms, before a group is tried again after the connection broke. */
const pauses = [20, 200, 800];

/** True while events come that were received before: it is then not worth hoping for the contrary. */
let repetition = false;

/**
 * Writes a group in one transaction and settles each of its batches.
 *
 * Hopefully at first: everything is sent at once, as if every event were new and every business known.
 * When that fails for whatever reason nothing was written, and the group is written again step by step.
 */
export async function commitGroup(group: Group): Promise<void> {
	let left = group;
	let hopeful = !repetition && !group.some(({ item }) => item.corrects);
	for (let breaks = 0; left.length > 0;) {
		try {
			const fresh = await writeGroup(
				left.map(({ item }) => item),
				hopeful
			);
			for (const { item, settle } of left) settle.resolve(countFresh(item, fresh));
			return;
		} catch (error) {
			if (error instanceof Refused) {
				for (const { item, settle } of left) {
					const refusal = error.refusals.get(item);
					if (refusal) settle.reject(refusal);
				}
				left = left.filter(({ item }) => !error.refusals.has(item));
			} else if (error instanceof TakenOut) {
				// It is known now, so the same again goes well.
				continue;
			} else if (isPassing(error) && breaks < pauses.length) {
				// Whether the transaction committed is unknown. Its receipts tell, so trying again counts nothing twice.
				runtime().log.warn({ error }, 'events could not be written; trying again');
				await wait(pauses[breaks]);
				breaks += 1;
				hopeful = false;
			} else if (hopeful) {
				repetition = violatedConstraint(error)?.endsWith('receipts_pkey') ?? false;
				hopeful = false;
			} else if (left.length > 1) {
				// A bug of ours that one of them meets must not cost the others their answer.
				for (const one of left) await commitGroup([one]);
				return;
			} else {
				for (const { settle } of left) settle.reject(error);
				return;
			}
		}
	}
}

/** @returns the entries that had not been counted before */
async function writeGroup(batches: Batch[], hopeful: boolean): Promise<ReadonlySet<Entry>> {
	const entries = firstOfEach(batches);
	const [meters] = await Promise.all([knownMeters(), openMonths(entries), noteZones(entries)]);
	let fresh = entries;
	const committed = await withSystem(
		'usage.record',
		async (scope) => {
			authorize(scope, 'usage.record');
			refuseOutdated(batches, meters);
			const { recounted } = meters;
			if (hopeful) {
				if (recounted.size > 0) await lockRecounted(scope, entries, recounted);
				const [, committed] = await Promise.all([
					requireAllowed(scope, batches),
					writeEntries(scope, entries, 'to write', recounted)
				]);
				return committed;
			}
			if (batches.some(({ corrects }) => corrects)) {
				await check(scope, batches);
				const written = await writeCorrections(scope, entries, meters);
				fresh = written.fresh;
				return written.committed;
			}
			[, fresh] = await Promise.all([check(scope, batches), insertReceipts(scope, entries)]);
			if (recounted.size > 0) await lockRecounted(scope, fresh, recounted);
			return writeEntries(scope, fresh, 'written', recounted);
		},
		// What it changes it tells by itself. Others wait for the rows of totals until it commits.
		{ unseen: true, inOneGo: hopeful && meters.recounted.size === 0 }
	);
	committed();
	if (!hopeful && fresh.length === entries.length) repetition = false;
	return new Set(fresh);
}

/**
 * Since a batch was read, one of its meters may have begun to be counted anew.
 * @throws Refused
 */
function refuseOutdated(batches: Batch[], meters: KnownMeters): void {
	const outdated = batches.filter(({ stamp }) => stamp !== meters.stamp || !isCurrent(meters));
	if (outdated.length > 0)
		throw new Refused(new Map(outdated.map((batch) => [batch, recounting()])));
}

/** Of events that a group brings more than once, the first. */
function firstOfEach(batches: Batch[]): Entry[] {
	const met = new Set<string>();
	const entries: Entry[] = [];
	for (const batch of batches) {
		for (const entry of batch.entries) {
			if (met.has(entry.key)) continue;
			met.add(entry.key);
			entries.push(entry);
		}
	}
	return entries;
}

function countFresh({ entries }: Batch, fresh: ReadonlySet<Entry>): Counted {
	let count = 0;
	for (const entry of entries) if (fresh.has(entry)) count += 1;
	return { received: entries.length, new: count, known: entries.length - count };
}

/**
 * What authentication saw may be seconds old: here, in the transaction that counts, the keys must be
 * live and the businesses must have the products, or have had them until lately.
 * @throws Refused
 */
async function check(scope: Scope<System>, batches: Batch[]): Promise<void> {
	const [live, holders] = await Promise.all([
		listLiveKeys(scope, { ids: keysOf(batches) }),
		Promise.all(
			[...businessesOf(batches)].map(async ([productId, businessIds]) => {
				const holding = await listCountedHolders(scope, {
					productId,
					businessIds: [...businessIds]
				});
				return [productId, new Set(holding)] as const;
			})
		)
	]);
	const holding = new Map(holders);
	const refusals = new Map<Batch, Expected>();
	for (const batch of batches) {
		if (!live.includes(batch.keyId)) {
			refusals.set(batch, revokedKey());
			continue;
		}
		const issues = batch.entries.flatMap(({ businessId }, index) =>
			holding.get(batch.productId)?.has(businessId) ? [] : [{ ...unknownBusiness(), index }]
		);
		if (issues.length > 0) refusals.set(batch, new Invalid(issues, 'unknown_business', 422));
	}
	if (refusals.size > 0) throw new Refused(refusals);
}

/** The same, without saying of which: the transaction fails. */
async function requireAllowed(scope: Scope<System>, batches: Batch[]): Promise<void> {
	await Promise.all([
		requireLiveKeys(scope, keysOf(batches)),
		...[...businessesOf(batches)].map(([productId, businessIds]) =>
			requireCountedHolders(scope, { productId, businessIds: [...businessIds] })
		)
	]);
}

function keysOf(batches: Batch[]): string[] {
	return [...new Set(batches.map(({ keyId }) => keyId))];
}

/** By product. */
function businessesOf(batches: Batch[]): Map<string, Set<string>> {
	const businesses = new Map<string, Set<string>>();
	for (const { productId, entries } of batches) {
		const of = businesses.get(productId) ?? new Set();
		businesses.set(productId, of);
		for (const { businessId } of entries) of.add(businessId);
	}
	return businesses;
}

export function revokedKey(): Unauthorized {
	return new Unauthorized('revoked_key', 'This API key was revoked. Use another one.');
}

/** Errors that say nothing against the events: the server restarts, the connection broke, two writers collided. */
function isPassing(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const { code } = error as { code?: unknown };
	if (typeof code !== 'string')
		return /connection (terminated|ended|closed)|not queryable/i.test(error.message);
	return /^(08...|57P0.|53300|40001|40P01|55P03|ECONN\w+|EPIPE|ENOENT)$/.test(code);
}
