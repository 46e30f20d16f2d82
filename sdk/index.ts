import { randomUUID } from 'node:crypto';
import { EntitlementsCache, type Entitlements } from './entitlements.ts';
import { Journal, type Entry } from './journal.ts';
import { Lane, type LaneCounts, type Outcome } from './lane.ts';
import { post } from './post.ts';

export { EntitlementsUnknown, type Entitlements } from './entitlements.ts';
export type { LaneCounts } from './lane.ts';
export {
	verifySignature,
	verifyWebhook,
	WebhookProblem,
	type AccessChanged,
	type AccessMode,
	type ExportAsked,
	type Settings,
	type SettingsChanged,
	type SubscriptionChanged,
	type SubscriptionStatus,
	type VerifyOptions,
	type WebhookHeaders,
	type WebhookMessage,
	type WebhookReason,
	type WebhookTest
} from './webhooks.ts';

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

/** Another event that takes the place of one that was wrong, in its hour. */
export interface UsageCorrection extends Omit<UsageEvent, 'data'> {
	/** The id of the event that was wrong. It was of the same type, for the same business, from this source. */
	corrects: string;
	/** What the meters should have read; null takes the event out altogether. */
	data: Record<string, unknown> | null;
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

/** What the product says of itself. It replaces what was said before: send everything, at each start. */
export interface Declaration {
	/** What people can be in the product; comes back as the claim `product_role`. */
	roles?: {
		slug: string;
		name: string;
		description?: string;
		/** What somebody gets of whom nothing else is said. */
		default?: boolean;
	}[];
	/** Where a business can have its launches land. */
	places?: { path: string; label: string }[];
	/** What a business can ask for; asking comes as the webhook `export.asked`. */
	exports?: { slug: string; name: string; description?: string }[];
}

/** How an export stands that a business asked for. */
export interface ExportReport {
	status: 'preparing' | 'ready' | 'failed';
	/** Where in the product the file is fetched, by people who are signed in there; needed once it is ready. */
	path?: string;
	bytes?: number;
	/** What the business is told, such as why it failed. */
	message?: string;
	/** Until when the product keeps the file. */
	expiresAt?: Date;
}

/**
 * Talks with the portal. What reports neither throws nor waits: it is queued, sent in batches, and sent
 * again with the same ids until the portal has it.
 */
export interface Evolve {
	/** Reports usage. */
	event(event: UsageEvent): void;
	/** Corrects usage that was reported with an id of its own. The last correction of an event stands. */
	correct(correction: UsageCorrection): void;
	/** Reports what somebody did, for the activity feed. */
	activity(activity: Activity): void;
	/** Reports where a person is, so that the next launch lands there. Only the latest is sent. */
	place(place: Place): void;
	/** Says which roles, places and exports the product has. Only the latest is sent. */
	declare(declaration: Declaration): void;
	/** Tells how an export stands; `id` came with the webhook `export.asked`. Sent in the order of telling. */
	reportExport(id: string, report: ExportReport): void;
	/**
	 * How a business stands with the product: subscription, mode, people and their roles, settings. Kept for a
	 * minute; while the portal is away what it last said holds. Null for a business that does not have the product.
	 * @throws EntitlementsUnknown when the portal is away and has never said
	 */
	entitlements(business: string): Promise<Entitlements | null>;
	/** The next `entitlements` of this business asks anew: to be called when a webhook tells of a change. */
	forget(business: string): void;
	/** Sends what is waiting now. True when the portal has it all within `patienceMs` (5 s). */
	flush(patienceMs?: number): Promise<boolean>;
	/** Flushes, then stops; what is left stays in the file, if there is one. */
	close(patienceMs?: number): Promise<boolean>;
	/** How many of each kind are waiting, taken, refused and given up. */
	readonly counts: Record<LaneName, LaneCounts>;
}

const laneNames = ['events', 'activity', 'places', 'declarations', 'exports'] as const;
type LaneName = (typeof laneNames)[number];

const patience = 5_000;

/** @throws TypeError when the address, the key or the source cannot be right. */
export function createEvolve(options: EvolveOptions): Evolve {
	const { key, source, limit = 10_000 } = options;
	const base = URL.canParse(options.url) ? new URL(options.url) : null;
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
				post(api('events'), key, {
					body: itemsOf(entries),
					contentType: 'application/cloudevents-batch+json'
				})
		}),
		activity: lane(100, {
			send: (entries) => post(api('activity'), key, { body: itemsOf(entries) })
		}),
		places: lane(1, {
			send: ([entry]) => post(api('places'), key, { body: entry?.item }),
			key: ({ item }) => `${(item as Place).business} ${(item as Place).person}`
		}),
		declarations: lane(1, {
			send: ([entry]) => post(api('product'), key, { body: entry?.item, method: 'PUT' }),
			key: () => 'the product'
		}),
		exports: lane(1, {
			send: ([entry]) => {
				const { id, report } = entry?.item as { id: string; report: object };
				return post(api(`exports/${encodeURIComponent(id)}`), key, {
					body: report,
					refusedIfUnknown: true
				});
			}
		})
	};
	for (const entry of journal?.left ?? []) lanes[entry.lane as LaneName].add(entry);
	const entitlements = new EntitlementsCache(api('entitlements'), key, problem);

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

	const cloudEvent = (event: Omit<UsageEvent, 'data'> & { data: unknown }): object => ({
		specversion: '1.0',
		id: event.id ?? randomUUID(),
		source,
		type: event.type,
		subject: event.business,
		time: event.time ?? new Date(),
		datacontenttype: 'application/json',
		data: event.data
	});

	return {
		event(event) {
			report('events', () => cloudEvent(event));
		},
		correct(correction) {
			report('events', () => {
				// Without it this would be an event that counts beside the other.
				if (!correction.corrects) throw new TypeError('corrects is missing.');
				// And this one that takes the other out.
				if (correction.data === undefined) throw new TypeError('data is missing.');
				return { ...cloudEvent(correction), corrects: correction.corrects };
			});
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
		declare(declaration) {
			report('declarations', () => {
				const { roles = [], places = [], exports = [] } = declaration;
				return { roles, places, exports };
			});
		},
		reportExport(id, stands) {
			report('exports', () => {
				const { expiresAt, ...rest } = stands;
				return {
					id: String(id),
					report: { ...rest, ...(expiresAt ? { expires_at: expiresAt } : {}) }
				};
			});
		},
		entitlements: (business) => entitlements.read(business),
		forget: (business) => {
			entitlements.forget(business);
		},
		flush: (patienceMs = patience) => flush(patienceMs),
		async close(patienceMs = patience) {
			closed = true;
			const done = await flush(patienceMs);
			for (const each of Object.values(lanes)) each.close();
			return done;
		},
		get counts() {
			return Object.fromEntries(laneNames.map((name) => [name, lanes[name].counts])) as Record<
				LaneName,
				LaneCounts
			>;
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
