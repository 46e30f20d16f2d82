import { describe, expect, it } from 'vitest';
import { byCount } from './plural.ts';

describe('words by count', () => {
	const words = {
		one: () => 'tomorrow',
		other: ({ days }: { days: number }) => `in ${days} days`
	};

	it.each([
		[0, 'in 0 days'],
		[1, 'tomorrow'],
		[2, 'in 2 days'],
		[21, 'in 21 days']
	])('%d reads %s', (days, written) => {
		expect(byCount(days, words, 'en-KE')({ days })).toBe(written);
	});
});
