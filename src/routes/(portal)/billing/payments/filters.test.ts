import { describe, expect, it } from 'vitest';
import { narrows, readFilters, toQuery } from './filters.ts';

const read = (query: string) => readFilters(new URLSearchParams(query));

describe('the filters of payments', () => {
	it('are what the address says', () => {
		const filters = read('q=FT&method=mpesa&from=2026-01-01&to=2026-11-30');
		expect(filters.problems).toEqual({});
		expect(filters.input).toEqual({
			method: 'mpesa',
			from: '2026-01-01',
			to: '2026-11-30',
			search: 'FT'
		});
		expect(narrows(filters)).toBe(true);
		expect(toQuery(filters, { after: '2026-11-30.12' })).toBe(
			'?q=FT&method=mpesa&from=2026-01-01&to=2026-11-30&after=2026-11-30.12'
		);
	});

	it.each([
		['method=cowrie', 'method'],
		['from=2026-02-30', 'from'],
		['to=tomorrow', 'to'],
		['from=2026-11-02&to=2026-11-01', 'to']
	])('say what of %s is not understood, and do not narrow by it', (query, field) => {
		const { problems, input, asked } = read(query);
		expect(Object.keys(problems)).toEqual([field]);
		expect(input).not.toHaveProperty(field);
		expect(asked[field as 'method']).not.toBe('');
	});

	it('ask for everything where nothing is said', () => {
		const filters = read('');
		expect(filters.input).toEqual({});
		expect(narrows(filters)).toBe(false);
		expect(toQuery(filters)).toBe('');
	});
});
