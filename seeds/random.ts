/** Numbers that look random and are the same each time: the story is told alike everywhere. */
export interface Random {
	/** From 0 up to, not including, 1. */
	next(): number;
	/** A whole number, both ends included. */
	between(least: number, most: number): number;
	pick<T>(from: readonly T[]): T;
	chance(of: number): boolean;
}

/** Each thing told has a stream of its own, so that a change to one leaves the others as they were. */
export function createRandom(name: string): Random {
	let state = seedOf(name);
	// Mulberry32, by Tommy Ettinger (public domain): 32 bits of state, enough for a story.
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	return {
		next,
		between: (least, most) => least + Math.floor(next() * (most - least + 1)),
		pick(from) {
			const picked = from[Math.floor(next() * from.length)];
			if (picked === undefined) throw new Error('There is nothing to pick from.');
			return picked;
		},
		chance: (of) => next() < of
	};
}

// FNV-1a.
function seedOf(name: string): number {
	let hash = 0x811c9dc5;
	for (const character of name)
		hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
	return hash | 0;
}

/**
 * Splits a whole number by weights: the parts are whole, none is less than nothing, and they add up to
 * it exactly. What is left after rounding down goes to the largest remainders.
 */
export function split(total: number, weights: readonly number[]): number[] {
	const sum = weights.reduce((all, weight) => all + weight, 0);
	if (weights.length === 0 || sum <= 0) throw new Error('There is nothing to split among.');
	const exact = weights.map((weight) => (total * weight) / sum);
	const parts = exact.map(Math.floor);
	const left = total - parts.reduce((all, part) => all + part, 0);
	const byRemainder = exact
		.map((part, index) => ({ index, remainder: part - Math.floor(part) }))
		.sort((one, other) => other.remainder - one.remainder || one.index - other.index);
	for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
	return parts;
}
