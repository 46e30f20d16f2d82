import { createHash } from 'node:crypto';

/** Chance that comes out the same for the same seed, so that a business's first book is always the same. */
export interface Chance {
	/** From 0 up to, not including, 1. */
	next(): number;
	/** A whole number from `low` to `high`, both included. */
	between(low: number, high: number): number;
	pick<T>(from: readonly T[]): T;
}

export function chanceOf(seed: string): Chance {
	// Mulberry32, by Tommy Ettinger: small, and even enough for made-up books.
	let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
	return over(() => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	});
}

/** Chance that comes out differently each time. */
export const trueChance: Chance = over(Math.random);

function over(next: () => number): Chance {
	const between = (low: number, high: number): number =>
		low + Math.floor(next() * (high - low + 1));
	return {
		next,
		between,
		pick: <T>(from: readonly T[]): T => from[between(0, from.length - 1)] as T
	};
}
