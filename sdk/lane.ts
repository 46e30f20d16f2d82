/** What came of one try to hand a batch over. */
export type Outcome =
	| { kind: 'taken' }
	/** Not now: the same batch is tried again, no sooner than after `afterMs`. */
	| { kind: 'later'; why: string; afterMs?: number }
	/** Never, as it is. `which` names the items at fault by position; without it nobody knows which. */
	| { kind: 'refused'; why: string; which?: number[] };

export interface LaneOptions<T> {
	/** Items kept at most; beyond it the oldest waiting one is dropped. */
	limit: number;
	/** Items sent at a time at most. */
	batch: number;
	/** How long an item waits for others, in ms. */
	gatherMs: number;
	send(items: T[]): Promise<Outcome>;
	/** Items of different groups are not sent together. */
	group?(item: T): string;
	/** An item replaces a waiting one of the same key. */
	key?(item: T): string;
	problem(words: string): void;
	/** The item needs no more care: taken, refused or dropped. */
	settled(item: T): void;
}

export interface LaneCounts {
	/** Waiting or on their way. */
	queued: number;
	/** Taken by the portal. */
	sent: number;
	/** Refused by the portal as wrong. */
	refused: number;
	/** Given up because too many were waiting. */
	dropped: number;
}

const firstPauseMs = 500;
const longestPauseMs = 60_000;

/** A bounded queue that hands its items over in batches, in order, again and again until they are taken. */
export class Lane<T> {
	readonly #options: LaneOptions<T>;
	readonly #waiting: T[] = [];
	#underWay: T[] = [];
	#batch: number;
	#timer: NodeJS.Timeout | undefined;
	#failures = 0;
	#closed = false;
	#sent = 0;
	#refused = 0;
	#dropped = 0;
	#listeners = new Set<() => void>();

	constructor(options: LaneOptions<T>) {
		this.#options = options;
		this.#batch = options.batch;
	}

	get counts(): LaneCounts {
		return {
			queued: this.#waiting.length + this.#underWay.length,
			sent: this.#sent,
			refused: this.#refused,
			dropped: this.#dropped
		};
	}

	add(item: T): void {
		const { key, limit, settled } = this.#options;
		const same = key ? this.#waiting.findIndex((each) => key(each) === key(item)) : -1;
		if (same >= 0) settled(this.#waiting.splice(same, 1)[0] as T);
		this.#waiting.push(item);
		if (this.#waiting.length + this.#underWay.length > limit) this.#dropOldest();
		if (this.#underWay.length > 0 || this.#failures > 0) return;
		this.#wake(this.#waiting.length >= this.#batch ? 0 : this.#options.gatherMs);
	}

	/** Tries at once. True when nothing is left before `patienceMs` is over. */
	async flush(patienceMs: number): Promise<boolean> {
		const until = performance.now() + patienceMs;
		this.#wake(0, true);
		while (this.counts.queued > 0) {
			const left = until - performance.now();
			if (left <= 0) return false;
			await new Promise<void>((done) => {
				const timer = setTimeout(done, left);
				this.#listeners.add(() => {
					clearTimeout(timer);
					done();
				});
			});
			if (this.#underWay.length === 0 && this.#failures === 0) this.#wake(0);
		}
		return true;
	}

	/** No more tries; what is left stays unsettled. */
	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
		this.#tell();
	}

	#dropOldest(): void {
		const oldest = this.#waiting.shift();
		if (oldest === undefined) return;
		this.#dropped += 1;
		if (this.#dropped === 1 || this.#dropped % 1_000 === 0)
			this.#options.problem(`The queue is full: ${this.#dropped} of the oldest given up so far.`);
		this.#options.settled(oldest);
	}

	#wake(inMs: number, sooner = false): void {
		if (this.#closed || this.#waiting.length === 0 || this.#underWay.length > 0) return;
		if (this.#timer && !sooner && inMs > 0) return;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			void this.#sendOne();
		}, inMs);
		// Reporting never keeps a product from ending; close() or a file keeps what is left.
		this.#timer.unref();
	}

	async #sendOne(): Promise<void> {
		if (this.#closed || this.#underWay.length > 0 || this.#waiting.length === 0) return;
		this.#underWay = this.#waiting.splice(0, this.#runLength());
		let outcome: Outcome;
		try {
			outcome = await this.#options.send(this.#underWay);
		} catch (error) {
			outcome = { kind: 'later', why: (error as Error).message };
		}
		// Nobody waits for it any more, and a file has it still.
		if (this.#closed && outcome.kind === 'later') return;
		const pauseMs = this.#digest(outcome);
		this.#tell();
		this.#wake(pauseMs);
	}

	/** How many of the first items go together. */
	#runLength(): number {
		const { group } = this.#options;
		const most = Math.min(this.#batch, this.#waiting.length);
		const first = this.#waiting[0];
		if (!group || first === undefined) return most;
		let length = 1;
		while (length < most && group(this.#waiting[length] as T) === group(first)) length += 1;
		return length;
	}

	#digest(outcome: Outcome): number {
		const batch = this.#underWay;
		this.#underWay = [];
		if (outcome.kind === 'later') {
			this.#waiting.unshift(...batch);
			this.#failures += 1;
			if (this.#failures === 1 || this.#failures % 10 === 0)
				this.#options.problem(`Not delivered yet (try ${this.#failures}): ${outcome.why}`);
			return Math.max(outcome.afterMs ?? 0, pauseAfter(this.#failures));
		}
		this.#failures = 0;
		if (outcome.kind === 'taken') {
			this.#sent += batch.length;
			for (const item of batch) this.#options.settled(item);
			this.#batch = Math.min(this.#batch * 2, this.#options.batch);
			return this.#waiting.length >= this.#batch ? 0 : this.#options.gatherMs;
		}
		// A batch is taken whole or not at all: the items at fault go, the others are sent again. Where
		// nobody said which, smaller and smaller batches find them.
		const wrong = outcome.which ?? (batch.length === 1 ? [0] : []);
		if (wrong.length === 0) this.#batch = Math.ceil(batch.length / 2);
		const at = new Set(wrong);
		this.#waiting.unshift(...batch.filter((_item, index) => !at.has(index)));
		for (const [index, item] of batch.entries()) {
			if (!at.has(index)) continue;
			this.#refused += 1;
			this.#options.settled(item);
		}
		if (at.size > 0) this.#options.problem(`${at.size} refused: ${outcome.why}`);
		return 0;
	}

	#tell(): void {
		const listeners = this.#listeners;
		this.#listeners = new Set();
		for (const tell of listeners) tell();
	}
}

/** Doubling up to a minute, with a random half so that many processes do not come back together. */
function pauseAfter(failures: number): number {
	const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
	return pause * (0.5 + Math.random() / 2);
}
