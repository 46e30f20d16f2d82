import { describe, expect, it } from 'vitest';
import { isKeyAddress, withoutKeys } from './key-addresses.ts';

describe('an address as it is written down', () => {
	it.each([
		['/i/abc.def', '/i/[withheld]'],
		['/i/abc.def/pdf?language=sw', '/i/[withheld]/pdf'],
		['/password/secret', '/password/[withheld]'],
		['/paper-mail/biz.bct.sig?x=1', '/paper-mail/[withheld]'],
		['/billing/invoices/INV-1?search=secret', '/billing/invoices/INV-1'],
		['/invoices/x', '/invoices/x'],
		['/', '/']
	])('%s', (url, written) => {
		expect(withoutKeys(url)).toBe(written);
	});

	it('is a key where it opens something by itself', () => {
		expect(['/i/x', '/password/x', '/paper-mail/x'].every(isKeyAddress)).toBe(true);
		expect(['/i', '/i/', '/password', '/billing/i/x', '/'].some(isKeyAddress)).toBe(false);
	});
});
