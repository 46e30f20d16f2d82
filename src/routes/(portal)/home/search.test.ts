import { describe, expect, it } from 'vitest';
import { matching } from './search.ts';

const products = [{ name: 'ERP System' }, { name: 'SACCO' }, { name: 'Payroll' }];

describe('searching products', () => {
	it.each([
		['', ['ERP System', 'SACCO', 'Payroll']],
		['   ', ['ERP System', 'SACCO', 'Payroll']],
		['pay', ['Payroll']],
		['SYSTEM erp', ['ERP System']],
		['sàcco', ['SACCO']],
		['erp payroll', []],
		['.*', []]
	])('%j finds %o', (search, names) => {
		expect(matching(products, search).map(({ name }) => name)).toEqual(names);
	});
});
