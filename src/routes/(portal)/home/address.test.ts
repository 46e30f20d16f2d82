import { describe, expect, it } from 'vitest';
import { readRange } from '#lib/format/ranges.ts';
import { homeAddress, homeFields, readHomeQuery } from './address.ts';

const now = new Date('2026-11-25T11:02:00Z');

function read(query: string) {
	const params = new URLSearchParams(query);
	return readHomeQuery(params, readRange(params, now, 'Africa/Nairobi'));
}

describe('the address of home', () => {
	it('keeps everything but what changes', () => {
		const query = read('range=30d&q=pay&view=list');
		expect(homeAddress(query, { view: 'grid' })).toBe('?range=30d&q=pay');
		expect(homeAddress(query, { range: 'today' })).toBe('?range=today&q=pay&view=list');
		expect(homeAddress(query, { q: '' })).toBe('?range=30d&view=list');
	});

	it('drops the dates of a custom range when another is chosen', () => {
		const query = read('range=custom&from=2026-11-01&to=2026-11-05');
		expect(homeAddress(query)).toBe('?range=custom&from=2026-11-01&to=2026-11-05');
		expect(homeAddress(query, { range: '7d' })).toBe('?range=7d');
	});

	it('reads what it wrote, whatever was searched for', () => {
		const query = read('');
		const odd = homeAddress(query, { q: 'a&b=c "d" <é>' });
		expect(read(odd).q).toBe('a&b=c "d" <é>');
	});

	it('takes an unknown view for the grid and cuts an endless search', () => {
		expect(read('view=table').view).toBe('grid');
		expect(read(`q=${'x'.repeat(5000)}`).q).toHaveLength(100);
	});

	it('forgets a range that makes no sense', () => {
		expect(homeAddress(read('range=fortnight&view=list'))).toBe('?view=list');
		expect(homeAddress(read('range=custom&from=2026-12-01&to=2026-11-01'))).toBe('?');
	});

	it('says nothing about what is usual', () => {
		expect(homeFields(read('range=month&view=grid&q=  '))).toEqual([]);
	});
});
