import { randomUUID } from 'node:crypto';
import { Journal, type Entry } from './journal.ts';
import { Lane, type LaneCounts, type Outcome } from './lane.ts';
import { post } from './post.ts';

export type { LaneCounts } from './lane.ts';

export interface EvolveOptions {
	/** Where the portal is, such as `https://portal.example.com`. */
	url: string;
	/** The product's API key. */
	key: string;
	/** Where events come from, as a URI reference: the same id from the same source counts once. */
	source: string;
	/** How many reports of a kind wait at most while the portal is away; then the oldest are given up. */
	limit?: number;
	/** Keeps what is waiting on disk, so that it outlives a crash of the product. One process a file. */
	file?: string;
	/** Hears, in words, of what went wrong; by default nobody does. */
	onProblem?: (words: string) => void;
}

export interface UsageEvent {
	/** What happened, as the product's meters know it, such as `com.example.erp.data.transferred`. */
	type: string;
	/** The id of the business it happened at. */
	business: string;
	/** What the meters read. */
	data: Record<string, unknown>;
	/** Counts once; made up where the product has none of its own. */
	id?: string;
	time?: Date;
}

export interface Activity {
	business: string;
	/** What follows the name, such as `added 5 new employees`. */
	what: string;
	/** Who did it: an e-mail address the portal knows, or a name; without either it was the product. */
	person?: { email?: string; name?: string };
	/** Where, outermost first: `Employees › New`. */
	where?: string;
	/** The path of that place in the product. */
	path?: string;
	/** Told once; made up where the product has none of its own. */
	id?: string;
	time?: Date;
}

export interface Place {
	business: string;
	/** `sub` of the ID token, or the e-mail address. */
	person: string;
	/** What the place is called: `Stock › Receipts`. */
	label: string;
	/** Its path in the product, beginning with a slash. */
	path: string;
}

/**
 * Reports to the portal. None of its methods throws or waits: what is reported is queued, sent in
 * batches, and sent again with the same ids until the portal has it.
 */
export interface Evolve {
	/** Reports usage. */
	event(event: UsageEvent): void;
	/** Reports what somebody did, for the activity feed. */
	activity(activity: Activity): void;
	/** Reports where a person is, so that the next launch lands there. Only the latest is sent. */
	place(place: Place): void;
	/** Sends what is waiting now. True when the portal has it all within `patienceMs` (5 s). */
	flush(patienceMs?: number): Promise<boolean>;
	/** Flushes, then stops; what is left stays in the file, if there is one. */
	close(patienceMs?: number): Promise<boolean>;
	/** How many of each kind are waiting, taken, refused and given up. */
	readonly counts: Record<LaneName, LaneCounts>;
}

type LaneName = 'events' | 'activity' | 'places';

const patience = 5_000;

/** @throws TypeError when the address, the key or the source cannot be right. */
export function createEvolve(options: EvolveOptions): Evolve {
	const { key, source, limit = 10_000 } = options;
	const base = URL.parse(options.url);
	if (!base || !/^https?:$/.test(base.protocol))
		throw new TypeError('url is not the address of a portal, such as https://portal.example.com.');
	if (!key) throw new TypeError('key is missing: the operator makes one with "key create".');
	if (!source) throw new TypeError('source is missing: a URI that tells this installation apart.');

	const problem = (words: string): void => {
		try {
			options.onProblem?.(words);
		} catch {
			// What hears of problems may not become one for the product.
		}
	};
	const journal = options.file ? new Journal(options.file, problem) : null;
	const api = (path: string): string => new URL(`/api/v1/${path}`, base).href;
	const lane = (batch: number, more: Pick<LaneParts, 'send' | 'group' | 'key'>): Lane<Entry> =>
		new Lane<Entry>({
			limit,
			batch,
			gatherMs: 1_000,
			problem,
			settled: (entry) => journal?.done(entry),
			...more
		});

	const lanes: Record<LaneName, Lane<Entry>> = {
		events: lane(100, {
			send: (entries) =>
				post(api('events'), key, 'application/cloudevents-batch+json', itemsOf(entries))
		}),
		activity: lane(100, {
			send: (entries) => post(api('activity'), key, 'application/json', itemsOf(entries))
		}),
		places: lane(1, {
			send: ([entry]) => post(api('places'), key, 'application/json', entry?.item),
			key: ({ item }) => `${(item as Place).business} ${(item as Place).person}`
		})
	};
	for (const entry of journal?.left ?? []) lanes[entry.lane as LaneName].add(entry);

	let closed = false;
	const report = (name: LaneName, make: () => object): void => {
		try {
			// What JSON cannot hold would only fail later, with everything behind it.
			const plain: unknown = JSON.parse(JSON.stringify(make()));
			if (closed) return problem('Reported after close(): given up.');
			lanes[name].add(journal?.add(name, plain) ?? { n: 0, lane: name, item: plain });
		} catch (error) {
			problem(`Not reported: ${(error as Error).message}`);
		}
	};

	const flush = async (patienceMs: number): Promise<boolean> => {
		const done = await Promise.all(Object.values(lanes).map((each) => each.flush(patienceMs)));
		await journal?.written();
		return done.every(Boolean);
	};

	return {
		event(event) {
			report('events', () => ({
				specversion: '1.0',
				id: event.id ?? randomUUID(),
				source,
				type: event.type,
				subject: event.business,
				time: event.time ?? new Date(),
				datacontenttype: 'application/json',
				data: event.data
			}));
		},
		activity(activity) {
			report('activity', () => ({ id: randomUUID(), time: new Date(), ...activity }));
		},
		place(place) {
			report('places', () => {
				const { business, person, label, path } = place;
				return { business, person, label, path };
			});
		},
		flush: (patienceMs = patience) => flush(patienceMs),
		async close(patienceMs = patience) {
			closed = true;
			const done = await flush(patienceMs);
			for (const each of Object.values(lanes)) each.close();
			return done;
		},
		get counts() {
			return {
				events: lanes.events.counts,
				activity: lanes.activity.counts,
				places: lanes.places.counts
			};
		}
	};
}

interface LaneParts {
	send(entries: Entry[]): Promise<Outcome>;
	group?(entry: Entry): string;
	key?(entry: Entry): string;
}

function itemsOf(entries: Entry[]): unknown[] {
	return entries.map(({ item }) => item);
}
