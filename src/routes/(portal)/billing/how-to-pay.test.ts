import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import HowToPay from './HowToPay.svelte';

const account = {
	slug: 'test',
	bank: 'Test Bank',
	branch: null,
	holder: 'Lixnet Ltd',
	accountNumber: '0110 2233 4455',
	currency: 'KES',
	swift: null
};
const drawn = (accounts: (typeof account)[], currency = 'KES') =>
	render(HowToPay, { props: { number: 'INV-2026-0387', currency, accounts } }).body;

describe('how to pay', () => {
	it('is by transfer to an account that takes the currency, with the invoice as the reference', () => {
		const html = drawn([account]);
		for (const told of ['Test Bank', 'Lixnet Ltd', '0110 2233 4455', 'INV-2026-0387'])
			expect(html).toContain(told);
		expect(html).not.toContain('Ask for the bank account');
	});

	it('is asked of support where no account is told', () => {
		for (const html of [drawn([]), drawn([account], 'USD')]) {
			expect(html).toContain('Ask for the bank account');
			expect(html).not.toContain('0110');
		}
	});
});
