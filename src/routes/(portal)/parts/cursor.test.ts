import { expect, it } from 'vitest';
import { readCursor } from './cursor.ts';

it.each([
	['1795597200000.tkt_06ebk3w5xq7v9n2m4p6r8t0a1c', true],
	['1795597200000', false],
	['nonsense', false],
	["1.tkt_06ebk3w5xq7v9n2m4p6r8t0a1c' or 1", false],
	['', false]
])('%s: %j', (text, is) => {
	expect(readCursor(text)).toBe(is ? text : undefined);
});

it('nothing in the address is no cursor', () => {
	expect(readCursor(null)).toBeUndefined();
});
