import { expect, it } from 'vitest';
import { isId, newId } from './ids.ts';

const now = new Date('2026-11-25T09:00:00Z');

it('ids sort by age, and those of one millisecond by the order in which they were made', () => {
	const ids = [
		...Array.from({ length: 1_000 }, () => newId('set', now)),
		newId('set', new Date(now.getTime() + 1))
	];
	expect([...ids].sort()).toEqual(ids);
	expect(ids.every((id) => isId('set', id))).toBe(true);
});

it('ids share nothing but their moment', () => {
	const [one, other] = [newId('inv', now), newId('inv', now)].map((id) => id.slice(-11));
	expect(one).not.toBe(other);
});
