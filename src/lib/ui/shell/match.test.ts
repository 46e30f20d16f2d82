import { describe, expect, test } from 'vitest';
import { isCurrent, matches } from './match.ts';

describe('what is typed', () => {
	test.each([
		['Settings', 'sett', true],
		['ERP System', 'erp sys', true],
		['ERP System', 'sys erp', true],
		['Usage', '  USAGE ', true],
		['Kĩthĩ accounts', 'kithi', true],
		['Open a ticket', '', true],
		['Settings', 'ettings', false],
		['ERP System', 'erp payroll', false]
	])('in %j, %j is found: %j', (text, typed, found) => {
		expect(matches(text, typed)).toBe(found);
	});
});

describe('the current place', () => {
	test.each([
		['/', '/', true],
		['/', '/?range=7d', true],
		['/', '/usage', false],
		['/billing', '/billing', true],
		['/billing', '/billing/invoices/inv_1?page=2', true],
		['/billing', '/billings', false],
		['/products/erp', '/products/erp#people', true]
	])('%s is marked on %s: %j', (href, path, marked) => {
		expect(isCurrent(href, path)).toBe(marked);
	});
});
