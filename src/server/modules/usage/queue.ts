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
	/** Below this weight a group is small: company makes it cheaper. */
	small: number;
	/** How many groups may be written at a time; beside another, none that is small. */
	writers: number;
	/** What may wait. Beyond it callers are turned away, so that memory stays bounded. */
	waiting: number;
	/** The longest that anything may have waited, in ms. Beyond it callers are turned away. */
	patience: number;
}

/** How long a small group waits for company, in ms. */
const lingerMs = 1;

/**
 * Group commit: what arrives while a group is being written is written together in the next. Under light
 * load a caller waits for nobody; under heavy load one transaction serves hundreds.
 */
export class GroupQueue<T, R> {
	readonly #limits: Limits;
	readonly #write: (group: Waiting<T, R>[]) => Promise<void>;
	readonly #clock: () => number;
	#waiting: Waiting<T, R>[] = [];
	#weight = 0;
	#writing = 0;
	/** How many callers the next group waits for, and until when at the longest. */
	#expected = 0;
	#linger: NodeJS.Timeout | undefined;

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
			if (this.#waiting.length >= this.#expected) this.#start();
		});
	}

	#start(): void {
		clearTimeout(this.#linger);
		this.#expected = 0;
		while (this.#mayBegin()) {
			const group = this.#take();
			this.#writing += 1;
			void this.#write(group).finally(() => {
				this.#writing -= 1;
				if (this.#isWorthWaiting(group)) this.#wait(group);
				else this.#start();
			});
		}
	}

	#mayBegin(): boolean {
		if (this.#waiting.length === 0) return false;
		if (this.#writing === 0) return true;
		return this.#writing < this.#limits.writers && this.#weight >= this.#limits.small;
	}

	/**
	 * Callers who were answered together are back in a moment, as long as they have more to say. Without
	 * waiting for them, those who waited and those who were answered would take turns in groups of half
	 * the size.
	 */
	#isWorthWaiting(answered: Waiting<T, R>[]): boolean {
		const { small } = this.#limits;
		return answered.length > 1 && this.#waiting.length > 0 && this.#weight < small;
	}

	#wait(answered: Waiting<T, R>[]): void {
		this.#expected = this.#waiting.length + answered.length;
		this.#linger = setTimeout(() => {
			this.#start();
		}, lingerMs);
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
