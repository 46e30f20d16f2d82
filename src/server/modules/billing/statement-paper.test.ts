import { expect, it } from 'vitest';
import { readPdf } from '../../../../tests/setup/pdf.ts';
import type { Statement } from '../ledger/index.ts';
import { printStatement } from './statement-paper.ts';

const seller = { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' };
const customer = { name: 'Mavuno Traders Ltd', address: ['Nakuru'], taxPin: null };
const entry = (number: number, amountMinor: bigint, balanceMinor: bigint) => ({
	id: `ent_${number}`,
	onDay: '2026-11-02',
	kind: amountMinor > 0n ? ('issued' as const) : ('received' as const),
	document: {
		kind: amountMinor > 0n ? ('invoice' as const) : ('payment' as const),
		id: 'x',
		reference: `#${number}`
	},
	amountMinor,
	balanceMinor
});
const statement = (changed: Partial<Statement> = {}): Statement => ({
	currency: 'KES',
	openingMinor: 100n,
	carriedMinor: 100n,
	entries: [entry(1, 1_160_000n, 1_160_100n), entry(2, -1_160_000n, 100n)],
	count: 2,
	closingMinor: 100n,
	...changed
});
const printed = async (statements: Statement[], language: 'en' | 'sw' = 'en') => {
	const paper = { from: '2026-11-01', to: '2026-11-30', seller, customer, statements };
	const pdf = readPdf(await printStatement(paper, language));
	return { ...pdf, text: pdf.pages.join('\n').replace(/\s+/g, ' ') };
};

it('goes from opening to closing with the balance after each entry, and says what is owed', async () => {
	const { text, title, tagged, parts, language } = await printed([
		statement(),
		statement({ currency: 'UGX', entries: [], count: 0, closingMinor: -5n })
	]);
	for (const told of [
		'Lixnet Ltd Nairobi KRA PIN P051930264T',
		'Account of Mavuno Traders Ltd',
		'1 Nov 2026 Opening balance 1.00',
		'2 Nov 2026 Invoice #1 11,600.00 11,601.00',
		'2 Nov 2026 Payment #2 11,600.00 1.00',
		'30 Nov 2026 Closing balance 1.00',
		'KES 1.00 to pay on 30 Nov 2026.',
		'Account in UGX',
		'UGX 5 to your credit on 30 Nov 2026.',
		'Page 1 of 1'
	])
		expect(text).toContain(told);
	expect(title).toBe('Statement of account, Mavuno Traders Ltd, 1 Nov 2026 – 30 Nov 2026');
	expect([tagged, language, parts.get('H1'), parts.get('Table')]).toEqual([true, 'en-KE', 1, 2]);
});

it('is printed in Swahili too, and when there is nothing on it', async () => {
	const { text, language } = await printed([statement()], 'sw');
	expect(language).toBe('sw-KE');
	expect(text).toContain('Salio la mwanzo');
	expect(text).toContain('Ya kulipwa tarehe 30 Nov 2026: KES 1.00.');
	expect((await printed([], 'sw')).text).toContain('Hakuna kilichotozwa wala kulipwa');
});

it('has its heads on every page of many', async () => {
	const entries = Array.from({ length: 300 }, (_, place) => entry(place, 100n, 100n));
	const { pages } = await printed([statement({ entries, count: 300 })]);
	expect(pages.length).toBeGreaterThan(5);
	for (const [place, page] of pages.slice(0, -1).entries()) {
		expect(page).toMatch(/Date\n+Document\n+Charged/);
		expect(page).toContain(`Page ${place + 1} of ${pages.length}`);
	}
});
