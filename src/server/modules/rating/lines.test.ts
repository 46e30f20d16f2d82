import { describe, expect, it } from 'vitest';
import { rateLine } from './lines.ts';

describe('rating a line', () => {
	it.each([
		// quantity, rate in minor units, amount in minor units
		['1', '1850000', 1850000n],
		['1486', '300', 445800n],
		['4800', '90', 432000n],
		['361', '200', 72200n],
		['0', '300', 0n],
		// Rates finer than a cent, rounded once on the line.
		['3', '0.5', 2n],
		['1', '0.4', 0n],
		['1000000', '0.0125', 12500n],
		['2.5', '0.2', 1n],
		// A credit mirrors its charge.
		['-3', '0.5', -2n],
		['-1486', '300', -445800n]
	])('%s at %s comes to %s', (quantity, unitMinor, amount) => {
		expect(rateLine(quantity, unitMinor)).toBe(amount);
	});
});
