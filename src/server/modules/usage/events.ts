import { Invalid, type Issue } from '../../platform/errors.ts';
import { runtime } from '../../platform/runtime.ts';
import { commitGroup, type Batch, type Counted } from './commit.ts';
import { mostCorrections } from './corrections.ts';
import { knownMeters, readMeters } from './known-meters.ts';
import type { KnownMeters } from './memory.ts';
import { GroupQueue } from './queue.ts';
import { readEvent, type Entry, type UsageEvent } from './readings.ts';
import type { Timeline } from './versions.ts';

/** At more than 30,000 events a second what waits at most is written within a second. */
const queue = new GroupQueue<Batch, Counted>(
	{ group: 2_000, small: 16, writers: 2, waiting: 20_000, patience: 1_000 },
	commitGroup
);

/**
 * Batches with corrections, one after the other beside all others: they take longer, since hours are counted
 * anew. More than about a second's worth is turned away.
 */
const correctionQueue = new GroupQueue<Batch, Counted>(
	{ group: 1, small: 1, writers: 1, waiting: 2_000, patience: 1_000 },
	commitGroup
);

/** A batch names at most this many of its faults. */
const longestList = 100;

/**
 * Counts events, each once whatever was sent before, and answers after their commit. A batch is taken
 * whole or not at all. It opens its own doors: what many callers bring at a time is written together.
 *
 * @param key the product's API key, authenticated; that it is not revoked is checked again in the transaction
 * @param options.at a moment other than now: for telling a history
 * @throws Invalid with an issue for each event that cannot be counted (`unknown_business`, `unknown_type`,
 * `time_too_far_ahead`, `time_too_long_ago`, `invalid_value`, `invalid_dimension`, `corrects_itself`,
 * `unknown_original`, `original_dropped`), or with one for all (`too_many_corrections`); Unauthorized
 * (`revoked_key`); TooMany when more arrives than can be written
 */
export async function recordEvents(
	events: readonly UsageEvent[],
	key: { id: string; productId: string },
	options: { at?: Date } = {}
): Promise<Counted> {
	if (events.length === 0) return { received: 0, new: 0, known: 0 };
	queue.admit(events.length);
	const now = (options.at ?? runtime().clock.now()).getTime();
	const { entries, stamp } = await readEvents(events, key.productId, now);
	const corrections = entries.filter((entry) => entry.corrects !== null).length;
	if (corrections > mostCorrections) throw tooManyCorrections();
	const batch = {
		keyId: key.id,
		productId: key.productId,
		entries,
		corrects: corrections > 0,
		stamp
	};
	return (batch.corrects ? correctionQueue : queue).add(batch, weigh(entries));
}

function tooManyCorrections(): Invalid {
	const message = `A batch may correct at most ${mostCorrections} events. Send the others in further batches.`;
	return new Invalid([{ path: 'corrects', message }], 'too_many_corrections', 422);
}

/** In events of usual size: one of a megabyte takes the room of a thousand. */
function weigh(entries: readonly Entry[]): number {
	let weight = entries.length;
	for (const { data, attributes } of entries)
		weight += Math.floor(((data?.length ?? 0) + (attributes?.length ?? 0)) / 1_000);
	return weight;
}

/** @throws TooMany when nothing more can be taken at the moment: worth asking before a body is read. */
export function admitEvents(): void {
	queue.admit();
}

async function readEvents(
	events: readonly UsageEvent[],
	productId: string,
	now: number
): Promise<{ entries: Entry[]; stamp: string }> {
	let known: KnownMeters = await knownMeters();
	let read = readAll(events, productId, known.byType, now);
	// Its meter may have been defined a moment ago.
	if (read.issues.some(({ code }) => code === 'unknown_type')) {
		known = await readMeters();
		read = readAll(events, productId, known.byType, now);
	}
	if (read.issues.length === 0) return { entries: read.entries, stamp: known.stamp };
	const codes = new Set(read.issues.map(({ code }) => code));
	const [code = ''] = codes;
	throw new Invalid(read.issues, codes.size === 1 ? code : 'invalid_events', 422);
}

function readAll(
	events: readonly UsageEvent[],
	productId: string,
	meters: ReadonlyMap<string, Timeline>,
	now: number
): { entries: Entry[]; issues: Issue[] } {
	const entries: Entry[] = [];
	const issues: Issue[] = [];
	for (const [index, event] of events.entries()) {
		const entry = readEvent(event, productId, meters.get(`${productId} ${event.type}`), now);
		if ('key' in entry) entries.push(entry);
		else if (issues.length < longestList) issues.push({ ...entry, index });
	}
	return { entries, issues };
}
