import { describe, expect, it } from 'vitest';
import { byCount } from './plural.ts';

describe('words by count', () => {
	it.each([
		[0, 'days'],
		[1, 'day'],
		[2, 'days'],
		[21, 'days']
	])('%d takes %s', (count, word) => {
		expect(byCount(count, { one: 'day', other: 'days' }, 'en-KE')).toBe(word);
	});
});
