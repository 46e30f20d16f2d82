/** Over about this many ms of writing the pace is measured. */
const windowMs = 1_000;

/**
 * How fast groups are written of late. Only large ones say: a small one takes nearly as long as a large
 * one, and nothing can be told from it about a flood.
 */
export class Pace {
	readonly #large: number;
	readonly #clock: () => number;
	#underWay = 0;
	/** Since when what is under way has been at it alone. */
	#since = 0;
	#weight = 0;
	#ms = 0;

	constructor(large: number, clock: () => number) {
		this.#large = large;
		this.#clock = clock;
	}

	begin(): void {
		if (this.#underWay === 0) this.#since = this.#clock();
		this.#underWay += 1;
	}

	end(weight: number): void {
		const now = this.#clock();
		const took = now - this.#since;
		this.#since = now;
		this.#underWay -= 1;
		if (weight < this.#large) return;
		this.#weight += weight;
		this.#ms += took;
		if (this.#ms <= windowMs) return;
		this.#weight *= windowMs / this.#ms;
		this.#ms = windowMs;
	}

	/** Ms that so much takes; 0 as long as nothing is known. */
	timeFor(weight: number): number {
		return this.#weight === 0 ? 0 : (weight * this.#ms) / this.#weight;
	}
}
