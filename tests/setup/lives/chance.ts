/** Whatever looks random in a life, the same each time for a seed. */
export class Chance {
	#state: number;
	constructor(seed: number) {
		this.#state = seed * 0x9e37_79b9;
	}

	/** From 0 up to 1, which it never is (mulberry32). */
	next(): number {
		this.#state = (this.#state + 0x6d2b_79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number from the one to the other, both included. */
	whole(from: number, to: number): number {
		return from + Math.floor(this.next() * (to - from + 1));
	}

	happens(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(some: readonly T[]): T {
		const one = some[this.whole(0, some.length - 1)];
		if (one === undefined) throw new Error('There is nothing to pick from.');
		return one;
	}
}
