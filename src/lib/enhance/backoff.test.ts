import { expect, test } from 'vitest';
import { waitAfter } from './backoff.ts';

test.each([
	[1, 500, 1_000],
	[2, 1_000, 2_000],
	[4, 4_000, 8_000],
	[6, 15_000, 30_000],
	[60, 15_000, 30_000]
])('after %d failures the wait is from %d to %d ms', (failures, least, most) => {
	expect(waitAfter(failures, 0)).toBe(least);
	expect(waitAfter(failures, 1)).toBe(most);
});
