import { expect, test } from 'vitest';
import { waitAfter } from './backoff.ts';

test.each([
	[1, 500, 5_000],
	[2, 1_000, 10_000],
	[3, 2_000, 20_000],
	[4, 3_000, 30_000],
	[60, 3_000, 30_000]
])('after %d failures the wait is from %d to %d ms', (failures, least, most) => {
	expect(waitAfter(failures, 0)).toBe(least);
	expect(waitAfter(failures, 1)).toBe(most);
});

test('a thousand pages that lost one server do not come back in one second', () => {
	const backs = Array.from({ length: 1_000 }, (_, index) => waitAfter(1, index / 1_000));
	const perSecond = Map.groupBy(backs, (ms) => Math.floor(ms / 1_000));
	expect(Math.max(...[...perSecond.values()].map(({ length }) => length))).toBeLessThan(250);
});
