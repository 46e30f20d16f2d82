import { describe, expect, it } from 'vitest';
import { readFilters, toInput, toQuery } from './filters.ts';

const known = { products: ['erp'], people: ['per_1'] };
const read = (query: string) => readFilters(new URLSearchParams(query), known);

describe('filters of activity in the address', () => {
	it('are read, and written as they were', () => {
		const query = 'product=erp&person=per_1&kind=team&from=2026-11-01&to=2026-11-25&q=two+words';
		const filters = read(query);
		expect(filters).toMatchObject({ field: 'team', search: 'two words', unknown: false });
		expect(new URLSearchParams(toQuery(filters)).toString()).toBe(query);
	});

	it.each([
		'product=sacco',
		'person=per_2',
		'kind=weather',
		'from=2026-02-30',
		'from=0000-01-01',
		'to=9999-12-31',
		'to=yesterday'
	])('%s is not understood, and said to be so', (query) => {
		const filters = read(query);
		expect(filters.unknown).toBe(true);
		expect(toQuery(filters)).toEqual([]);
	});

	it('take days as the business has them, both included', () => {
		const input = toInput(read('from=2026-11-24&to=2026-11-25'), 'Africa/Nairobi');
		expect(input).toEqual({
			from: new Date('2026-11-23T21:00:00Z'),
			to: new Date('2026-11-25T21:00:00Z')
		});
	});
});
