import { describe, expect, it } from 'vitest';
import { narrows, readFilters, sortLink, toQuery } from './filters.ts';

const known = { products: [{ id: 'prd_1', slug: 'erp' }], currency: 'KES' };
const read = (query: string, currency = 'KES') =>
	readFilters(new URLSearchParams(query), { ...known, currency });

describe('the filters of invoices', () => {
	it('are what the address says', () => {
		const filters = read(
			'q=0387&status=overdue&product=erp&from=2026-01-01&to=2026-11-30&least=1,000.5&most=2000'
		);
		expect(filters.problems).toEqual({});
		expect(filters.input).toEqual({
			standing: 'overdue',
			productId: 'prd_1',
			from: '2026-01-01',
			to: '2026-11-30',
			least: 100_050n,
			most: 200_000n,
			search: '0387'
		});
	});

	it.each([
		['status=lost', 'status'],
		['product=none', 'product'],
		['from=2026-02-30', 'from'],
		['to=tomorrow', 'to'],
		['least=many', 'least'],
		['least=1.005', 'least'],
		['most=-1', 'most'],
		['from=2026-02-02&to=2026-02-01', 'to'],
		['least=2&most=1', 'most']
	])('say what is wrong with %s, keep it, and go on without it', (query, field) => {
		const filters = read(query);
		expect(Object.keys(filters.problems)).toEqual([field]);
		expect(filters.asked[field as 'q']).not.toBe('');
		expect(filters.input).not.toHaveProperty(field);
	});

	it('take amounts in the digits of the currency', () => {
		expect(read('least=500', 'UGX').input.least).toBe(500n);
		expect(read('least=500.5', 'UGX').problems).toHaveProperty('least');
	});

	it('sort by a column, and the other way when it is chosen again', () => {
		expect(read('')).toMatchObject({ order: 'issued', direction: 'descending' });
		expect(read('sort=amount-up')).toMatchObject({ order: 'amount', direction: 'ascending' });
		expect(read('sort=colour')).toMatchObject({ order: 'issued', direction: 'descending' });
		expect(sortLink(read('status=paid'), 'amount')).toBe(
			'/billing/invoices?status=paid&sort=amount'
		);
		expect(sortLink(read('sort=amount'), 'amount')).toBe('/billing/invoices?sort=amount-up');
	});

	it('go along in links', () => {
		expect(toQuery(read(''))).toBe('');
		expect(toQuery(read('q=a%26b'), { after: '7.7' })).toBe('?q=a%26b&after=7.7');
		expect(narrows(read('sort=due'))).toBe(false);
		expect(narrows(read('q=7'))).toBe(true);
	});
});
