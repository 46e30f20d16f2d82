import { TooMany } from '../../platform/errors.ts';

export interface Waiting<T, R> {
	item: T;
	/** How much of a group it takes up. */
	weight: number;
	since: number;
	settle: { resolve(result: R): void; reject(failure: unknown): void };
}

interface Limits {
	/** What one group may weigh together; a single item may weigh more. */
	group: number;
	/** How many groups may be written at a time. */
	writers: number;
	/** What must wait before a further group is begun beside one that is being written. */
	worthwhile: number;
	/** What may wait. Beyond it callers are turned away, so that memory stays bounded. */
	waiting: number;
	/** The longest that anything may have waited, in ms. Beyond it callers are turned away. */
	patience: number;
}

/**
 * Group commit: what arrives while one group is being written is written together in the next. Under
 * light load a caller waits for nobody; under heavy load one transaction serves hundreds.
 */
export class GroupQueue<T, R> {
	readonly #limits: Limits;
	readonly #write: (group: Waiting<T, R>[]) => Promise<void>;
	readonly #clock: () => number;
	#waiting: Waiting<T, R>[] = [];
	#weight = 0;
	#writing = 0;

	/** @param write settles every item of the group; must not fail itself */
	constructor(
		limits: Limits,
		write: (group: Waiting<T, R>[]) => Promise<void>,
		clock: () => number = () => performance.now()
	) {
		this.#limits = limits;
		this.#write = write;
		this.#clock = clock;
	}

	/** @throws TooMany when nothing more may wait: worth asking before work is put into an item. */
	admit(weight = 0): void {
		const first = this.#waiting[0];
		if (!first) return;
		if (
			this.#weight + weight > this.#limits.waiting ||
			this.#clock() - first.since > this.#limits.patience
		)
			throw new TooMany(1, 'More events arrive than can be written right now. Send them again.');
	}

	/** @throws TooMany like `admit` */
	add(item: T, weight: number): Promise<R> {
		this.admit(weight);
		return new Promise((resolve, reject) => {
			this.#waiting.push({ item, weight, since: this.#clock(), settle: { resolve, reject } });
			this.#weight += weight;
			this.#start();
		});
	}

	#start(): void {
		while (
			this.#waiting.length > 0 &&
			(this.#writing === 0 ||
				(this.#writing < this.#limits.writers && this.#weight >= this.#limits.worthwhile))
		) {
			this.#writing += 1;
			void this.#write(this.#take()).finally(() => {
				this.#writing -= 1;
				this.#start();
			});
		}
	}

	#take(): Waiting<T, R>[] {
		let weight = 0;
		let count = 0;
		for (const { weight: more } of this.#waiting) {
			if (count > 0 && weight + more > this.#limits.group) break;
			weight += more;
			count += 1;
		}
		this.#weight -= weight;
		return this.#waiting.splice(0, count);
	}
}
