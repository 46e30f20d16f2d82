import { TooMany } from '../../platform/errors.ts';
import { Pace } from './pace.ts';

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
	/**
	 * The longest that anything may have waited, in ms, or would have to at the pace of late. Beyond it
	 * callers are turned away.
	 */
	patience: number;
}

/** How long a small group waits for company after the last that came, in ms. */
const lingerMs = 2;

/** Whoever has waited this many times the patience is turned away after all. */
const afterAll = 1.6;

/**
 * Group commit: what arrives while a group is being written is written together in the next. Under light
 * load a caller waits for nobody; under heavy load one transaction serves hundreds.
 *
 * A group is about half of all who are at it: while it is written, the other half is read and prepared.
 * Left to themselves, callers would fall into groups of one and of all the others by turns.
 */
export class GroupQueue<T, R> {
	readonly #limits: Limits;
	readonly #write: (group: Waiting<T, R>[]) => Promise<void>;
	readonly #clock: () => number;
	#waiting: Waiting<T, R>[] = [];
	/** What waits, and what is being written. */
	#weight = 0;
	#underWay = 0;
	#writing = 0;
	/** What all callers who are at it weigh together, with those who were answered and will be back. */
	#around = 0;
	/** Set while a group waits for those who were just answered. */
	#linger: NodeJS.Timeout | undefined;
	readonly #pace: Pace;

	/** @param write settles every item of the group; must not fail itself */
	constructor(
		limits: Limits,
		write: (group: Waiting<T, R>[]) => Promise<void>,
		clock: () => number = () => performance.now()
	) {
		this.#limits = limits;
		this.#write = write;
		this.#clock = clock;
		this.#pace = new Pace(limits.group / 2, clock);
	}

	/** @throws TooMany when nothing more may wait: worth asking before work is put into an item. */
	admit(weight = 0): void {
		const first = this.#waiting[0];
		if (!first) return;
		const { waiting, patience } = this.#limits;
		if (
			this.#weight + weight > waiting ||
			this.#clock() - first.since > patience ||
			this.#pace.timeFor(this.#underWay + this.#weight) > patience
		)
			throw overloaded();
	}

	/** @throws TooMany like `admit`; also later, when the pace fell and it waited in vain */
	add(item: T, weight: number): Promise<R> {
		this.admit(weight);
		return new Promise((resolve, reject) => {
			this.#waiting.push({ item, weight, since: this.#clock(), settle: { resolve, reject } });
			this.#weight += weight;
			this.#around = Math.max(this.#around, this.#weight + this.#underWay);
			if (this.#linger && !this.#isEnough()) this.#linger.refresh();
			else this.#start();
		});
	}

	#start(): void {
		clearTimeout(this.#linger);
		this.#linger = undefined;
		this.#turnAway();
		while (this.#mayBegin()) {
			const group = this.#take();
			const weight = group.reduce((sum, one) => sum + one.weight, 0);
			this.#writing += 1;
			this.#underWay += weight;
			this.#pace.begin();
			void this.#write(group).finally(() => {
				this.#writing -= 1;
				this.#underWay -= weight;
				this.#pace.end(weight);
				if (this.#isWorthWaiting(group)) this.#wait();
				else this.#start();
			});
		}
	}

	#mayBegin(): boolean {
		if (this.#waiting.length === 0) return false;
		if (this.#writing === 0) return true;
		return this.#writing < this.#limits.writers && this.#isEnough();
	}

	/** Whether there is a group's share, or everybody is there. */
	#isEnough(): boolean {
		return this.#weight >= Math.min(this.#limits.group, this.#around, this.#share());
	}

	/** What a group should weigh. */
	#share(): number {
		return Math.max(this.#around / 2, this.#limits.small);
	}

	/** Callers who were answered together are back in a moment, as long as they have more to say. */
	#isWorthWaiting(answered: Waiting<T, R>[]): boolean {
		return answered.length > 1 && this.#writing === 0 && !this.#isEnough();
	}

	#wait(): void {
		clearTimeout(this.#linger);
		this.#linger = setTimeout(() => {
			// Those who are not back by now had nothing more to say.
			this.#around = this.#weight + this.#underWay;
			this.#start();
		}, lingerMs);
	}

	#take(): Waiting<T, R>[] {
		const share = this.#share();
		let weight = 0;
		let count = 0;
		for (const { weight: more } of this.#waiting) {
			if (count > 0 && (weight >= share || weight + more > this.#limits.group)) break;
			weight += more;
			count += 1;
		}
		this.#weight -= weight;
		return this.#waiting.splice(0, count);
	}

	/** Whoever waited too long because the pace fell is told so, rather than answered too late. */
	#turnAway(): void {
		const before = this.#clock() - this.#limits.patience * afterAll;
		while (this.#waiting[0] && this.#waiting[0].since < before) {
			const [{ weight, settle }] = this.#waiting.splice(0, 1) as [Waiting<T, R>];
			this.#weight -= weight;
			settle.reject(overloaded());
		}
	}
}

function overloaded(): TooMany {
	return new TooMany(1, 'More events arrive than can be written right now. Send them again.');
}
