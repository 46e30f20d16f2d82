import { Invalid, type Issue } from '../../platform/errors.ts';
import type { Scope, System } from '../../platform/scope.ts';
import type { Bytes16 } from './arrays.ts';
import {
	findNamed,
	holdChains,
	lengthenChains,
	type Chain,
	type Link,
	type Named
} from './chains.ts';
import { holdHours } from './folding.ts';
import { insertReceipts, writeEntries } from './ledger.ts';
import type { KnownMeters } from './memory.ts';
import { hourOf, readAllReadings, readReading, type Corrected, type Entry } from './readings.ts';
import { lockRecounted } from './recount-locks.ts';
import { recountHeld } from './recount-held.ts';
import { metersAt, type Timeline } from './versions.ts';

// A correction takes what it names out of the totals and puts itself in, at the same moment. Maxima and the
// like cannot be subtracted, so the rows of totals in which the other counted are counted anew. To hold them
// the other is first counted once more, in the order that every writer keeps to: no writer is kept out who
// does not count in the same rows, and nobody waits in circles.

/** A batch may correct so many events: each may have an hour counted anew while others wait for it. */
export const mostCorrections = 100;

type Correction = Entry & { corrects: Corrected };

/** A correction whose original is found. */
interface Placed {
	/** As it came. */
	entry: Correction;
	original: Bytes16;
	/** When its original happened: there it counts. */
	time: number;
	/** Its original came in the same batch, and is not counted at all. */
	beside: Entry | null;
}

/** A correction as it is stored and counted. */
interface Ready extends Placed {
	counted: Entry;
}

/**
 * Writes events some of which are corrections.
 * @returns those that had not been received before, and what is to be called after the commit
 * @throws Invalid (`unknown_original`, `original_dropped`, `invalid_value`, `invalid_dimension`)
 */
export async function writeCorrections(
	scope: Scope<System>,
	entries: Entry[],
	meters: KnownMeters
): Promise<{ fresh: Entry[]; committed: () => void }> {
	const plain = entries.filter(({ corrects }) => corrects === null);
	const freshPlain = await insertReceipts(scope, plain);
	const ready = read(await place(scope, entries, freshPlain), entries, meters);
	const received = new Set(
		await insertReceipts(
			scope,
			ready.map(({ counted }) => counted)
		)
	);
	const fresh = ready.filter(({ counted }) => received.has(counted));
	// What comes later of a batch stands.
	const chains = [...Map.groupBy(fresh, ({ entry, original }) => entry.businessId + original)].map(
		([, members]) => ({ members, last: members.at(-1) as Ready })
	);
	const before = await holdChains(
		scope,
		chains.map(({ last }) => ({ businessId: last.entry.businessId, key: last.original }))
	);

	const replaced = chains.flatMap(({ last }, index) => readReplaced(last, before[index], meters));
	const standing = new Set(chains.map(({ last }) => last));
	const beside = new Set(chains.map(({ last }) => last.beside));
	const written = [
		...freshPlain.map((entry) => (beside.has(entry) ? uncounted(entry) : entry)),
		...fresh.map((one) => (standing.has(one) ? one.counted : uncounted(one.counted)))
	];
	const touched = [...written, ...replaced];
	await lockRecounted(scope, touched, meters.recounted);
	// No memory is trusted: whatever is counted is written, and so held.
	const untrusted = new Set(
		touched.flatMap(({ readings }) => readings.map(({ meter }) => meter.id))
	);
	const committed = await writeEntries(scope, written, 'written', untrusted, replaced);
	await lengthenChains(
		scope,
		chains.flatMap(({ members }, index) => linksOf(members, before[index]))
	);
	const counted = fresh.flatMap((one) => (standing.has(one) && !one.beside ? [one.counted] : []));
	await recountHeld(scope, [...replaced, ...counted]);
	return { fresh: [...freshPlain, ...fresh.map(({ entry }) => entry)], committed };
}

/**
 * Finds the originals of corrections. They may come in the same batch, before or after. A correction that
 * was received before is left out.
 * @throws Invalid
 */
async function place(
	scope: Scope<System>,
	entries: Entry[],
	freshPlain: readonly Entry[]
): Promise<Placed[]> {
	const corrections = entries.filter((entry): entry is Correction => entry.corrects !== null);
	const businessIds = [...new Set(corrections.map(({ businessId }) => businessId))];
	const [hoursFrom, own, named] = await Promise.all([
		holdHours(scope, businessIds),
		findNamed(scope, corrections),
		findNamed(
			scope,
			corrections.map(({ businessId, corrects: { key } }) => ({ businessId, key }))
		)
	]);
	const plain = new Map(freshPlain.map((entry) => [entry.key, entry]));
	const placed = new Map<Bytes16, Placed>();
	const find = (entry: Correction, stored: Named | undefined): Omit<Placed, 'entry'> | null => {
		const { key } = entry.corrects;
		const beside = plain.get(key);
		if (beside?.type === entry.type) return { original: key, time: beside.time, beside };
		const correction = placed.get(key);
		if (correction?.entry.type === entry.type) return correction;
		return stored?.type === entry.type && isThere(entry, stored)
			? { ...stored, beside: null }
			: null;
	};
	/** Its event, and the hour in which it was counted. */
	const isThere = ({ businessId }: Entry, { type, time }: Named): boolean =>
		type !== null && time >= (hoursFrom.get(businessId)?.getTime() ?? -Infinity);
	let left = [...corrections.entries()].filter(([index]) => own[index] === undefined);
	// Each round finds those that name one of the round before.
	for (let before = Infinity; left.length < before;) {
		before = left.length;
		left = left.filter(([index, entry]) => {
			const found = find(entry, named[index]);
			if (found) placed.set(entry.key, { ...found, entry });
			return !found;
		});
	}
	if (left.length > 0)
		throw refusal(
			left.map(([index, entry]) => {
				const stored = plain.has(entry.corrects.key) ? undefined : named[index];
				const isGone =
					stored && !isThere(entry, stored) && (stored.type ?? entry.type) === entry.type;
				return {
					...(isGone ? originalDropped() : unknownOriginal()),
					index: entries.indexOf(entry)
				};
			})
		);
	return [...placed.values()];
}

/**
 * Reads corrections with the meters that are in force at the moments of their originals.
 * @throws Invalid
 */
function read(placed: Placed[], entries: Entry[], meters: KnownMeters): Ready[] {
	const issues: Issue[] = [];
	const ready = placed.flatMap((one): Ready[] => {
		const { entry, time } = one;
		const readings = entry.corrects.withdraws
			? []
			: readAllReadings(timelineOf(entry, meters), time, parse(entry.data));
		if ('path' in readings) {
			issues.push({ ...readings, index: entries.indexOf(entry) });
			return [];
		}
		return [{ ...one, counted: { ...entry, time, hour: hourOf(time), readings } }];
	});
	if (issues.length > 0) throw refusal(issues);
	return ready;
}

/** What has counted of a chain until now, with what meters took from it. */
function readReplaced(
	{ entry, time, beside }: Placed,
	chain: Chain | undefined,
	meters: KnownMeters
): Entry[] {
	if (beside || !chain?.counts) return [];
	const data = parse(chain.data);
	const readings = metersAt(timelineOf(entry, meters), time).flatMap((meter) => {
		const reading = readReading(meter, data);
		// What a meter cannot read it has not counted.
		return 'meter' in reading ? [reading] : [];
	});
	return readings.length === 0 ? [] : [{ ...entry, time, hour: hourOf(time), readings }];
}

function linksOf(members: Ready[], chain: Chain | undefined): Link[] {
	return members.map(({ entry, original }, index) => ({
		businessId: entry.businessId,
		key: entry.key,
		original,
		position: (chain?.last ?? 0) + 1 + index,
		sentAt: entry.time,
		counts: index === members.length - 1 && !entry.corrects.withdraws
	}));
}

function uncounted(entry: Entry): Entry {
	return { ...entry, readings: [] };
}

function timelineOf({ productId, type }: Entry, { byType }: KnownMeters): Timeline {
	return byType.get(`${productId} ${type}`) ?? [];
}

function parse(json: string | null): unknown {
	return json === null ? undefined : JSON.parse(json);
}

function unknownOriginal(): Issue {
	return {
		path: 'corrects',
		code: 'unknown_original',
		message:
			'No event of this id was received from this source, of this type and for this business. Send the original first, or in the same batch.'
	};
}

function originalDropped(): Issue {
	return {
		path: 'corrects',
		code: 'original_dropped',
		message:
			'The original is so old that it is no longer kept, or its hour is not: what it counted stands.'
	};
}

function refusal(issues: Issue[]): Invalid {
	const codes = new Set(issues.map(({ code }) => code));
	const [code = ''] = codes;
	return new Invalid(issues, codes.size === 1 ? code : 'invalid_events', 422);
}
