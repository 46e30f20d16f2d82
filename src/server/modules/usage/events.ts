import { Invalid, type Issue } from '../../platform/errors.ts';
import { runtime } from '../../platform/runtime.ts';
import { commitGroup, type Batch, type Counted } from './commit.ts';
import { knownMeters, readMeters } from './known-meters.ts';
import type { KnownMeters } from './memory.ts';
import { GroupQueue } from './queue.ts';
import { readEvent, type Entry, type UsageEvent } from './readings.ts';
import type { Timeline } from './versions.ts';

/** At more than 30,000 events a second what waits at most is written within a second. */
const queue = new GroupQueue<Batch, Counted>(
	{ group: 2_000, small: 8, writers: 2, waiting: 20_000, patience: 1_000 },
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
 * `time_too_far_ahead`, `time_too_long_ago`, `invalid_value`, `invalid_dimension`); Unauthorized
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
	return queue.add({ keyId: key.id, productId: key.productId, entries, stamp }, weigh(entries));
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
