import type { Database } from '../../platform/database.ts';
import { runtime } from '../../platform/runtime.ts';
import type { Timeline } from './versions.ts';

/**
 * What this process has seen committed in one database, so that it need not ask or say it again. Any
 * of it can be forgotten at any time: the database knows it all.
 */
export interface Memory {
	/** First days of months whose partition is there. */
	months: Known;
	/** Businesses whose zone is written down. */
	zones: Known;
	/** Business and dimension set. */
	sets: Known;
	/** Business, meter, dimension set, hour and value of `unique` meters. */
	uniqueHours: Known;
	/** Business, meter and hour from which a value was taken out: what is remembered of it may be wrong. */
	takenOut: Known;
	meters: KnownMeters | null;
}

export interface KnownMeters {
	/** By product and event type. */
	byType: ReadonlyMap<string, Timeline>;
	/** Meters that are being counted anew. */
	recounted: ReadonlySet<string>;
	/** Another whenever a recount begins or ends. */
	stamp: string;
	/** On the clock of `performance.now()`. */
	readAt: number;
}

const memories = new WeakMap<Database, Memory>();

export function memory(): Memory {
	const { database } = runtime();
	let memory = memories.get(database);
	if (!memory) {
		memory = {
			months: new Known(1_000),
			zones: new Known(50_000),
			sets: new Known(50_000),
			uniqueHours: new Known(50_000),
			takenOut: new Known(10_000),
			meters: null
		};
		memories.set(database, memory);
	}
	return memory;
}

/** A set of bounded size: full, it starts again from nothing. */
export class Known {
	readonly #limit: number;
	readonly #values = new Set<string>();
	constructor(limit: number) {
		this.#limit = limit;
	}
	has(value: string): boolean {
		return this.#values.has(value);
	}
	get isEmpty(): boolean {
		return this.#values.size === 0;
	}
	add(value: string): void {
		if (this.#values.size >= this.#limit) this.#values.clear();
		this.#values.add(value);
	}
}
