import { describe, expect, it } from 'vitest';
import { around, hole } from './words.ts';

describe('a sentence around an element', () => {
	it.each([
		[`Pay ${hole}`, ['Pay ', '']],
		[`${hole} of data in November`, ['', ' of data in November']],
		[`, ${hole} on 1 – 25 Oct.`, [', ', ' on 1 – 25 Oct.']],
		['nothing to stand in', ['nothing to stand in', '']]
	])('%j leaves %o', (sentence, parts) => {
		expect(around(sentence)).toEqual(parts);
	});
});
