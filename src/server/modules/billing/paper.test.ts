import { describe, expect, it } from 'vitest';
import { readPdf } from '../../../../tests/setup/pdf.ts';
import { addUp } from '../rating/index.ts';
import type { Invoice } from './archive.ts';
import { printInvoice } from './paper.ts';

const line = {
	productId: null,
	meter: null,
	description: 'ERP System, Business plan',
	period: { start: '2026-11-01', end: '2026-12-01' },
	quantity: '1',
	unitMinor: '1850000',
	amountMinor: 1_850_000n,
	taxRate: '16'
};

function invoice(changed: Partial<Invoice> = {}): Invoice {
	const lines = changed.lines ?? [
		line,
		{ ...line, description: 'SMS', quantity: '4350.5', unitMinor: '90.5', amountMinor: 393_720n },
		{ ...line, description: 'Training', period: null, amountMinor: 500_000n, taxRate: '0' }
	];
	const totals = addUp(lines);
	return {
		id: 'inv_1',
		number: 'INV-2026-0387',
		status: 'open',
		issuedOn: '2026-11-01',
		dueOn: '2026-11-30',
		issuedAt: new Date('2026-11-01T06:00:00Z'),
		currency: 'KES',
		totalMinor: totals.totalMinor,
		paidMinor: 0n,
		paidOn: null,
		seller: { name: 'Lixnet Ltd', address: ['Westlands', 'Nairobi'], taxPin: 'P051930264T' },
		customer: { name: 'Mavuno Traders Ltd', address: ['Nakuru'], taxPin: 'P051230001A' },
		lines,
		totals,
		payments: [],
		...changed
	};
}

const printed = async (changed?: Partial<Invoice>, language: 'en' | 'sw' = 'en') =>
	readPdf(await printInvoice(invoice(changed), language));

describe('an invoice on paper', () => {
	it('is A4, tagged, and says what it is and in which language', async () => {
		const { sizes, tagged, parts, language, title } = await printed();
		expect(sizes.map((size) => size.map(Math.round))).toEqual([[595, 842]]);
		expect(tagged).toBe(true);
		expect(parts.get('H1')).toBe(1);
		expect(parts.get('Table')).toBe(2);
		expect(parts.get('TH')).toBe(5);
		expect(language).toBe('en-KE');
		expect(title).toBe('Invoice INV-2026-0387');
	});

	it('says the parties, the days, each line, each class of tax and the sums', async () => {
		const [text] = (await printed()).pages;
		const words = text?.split('\n') ?? [];
		for (const told of [
			'INV-2026-0387',
			'Lixnet Ltd',
			'KRA PIN P051930264T',
			'Mavuno Traders Ltd',
			'KRA PIN P051230001A',
			'1 Nov 2026',
			'30 Nov 2026',
			'1 Nov 2026 – 30 Nov 2026',
			'4,350.5',
			'0.905',
			'3,937.20',
			'VAT 16% on 22,437.20',
			'3,589.95',
			'VAT 0% on 5,000.00',
			'KES 31,027.15',
			'To pay by 30 Nov 2026',
			'Page 1 of 1'
		])
			expect(words).toContain(told);
		expect(text).toContain('name INV-2026-0387 as the reference');
	});

	it('leaves out what there is nothing to say of', async () => {
		const bare = await printed({
			customer: { name: 'New Business', address: [], taxPin: null },
			status: 'void'
		});
		const text = bare.pages.join('\n');
		expect(text.match(/KRA PIN/g)).toHaveLength(1);
		expect(text).toContain('This invoice is void.');
		expect(text).not.toMatch(/To pay|How to pay|Payments received|null|none/);
	});

	it('lists what was paid', async () => {
		const { totalMinor } = invoice();
		const { pages } = await printed({
			status: 'paid',
			paidMinor: totalMinor,
			paidOn: '2026-11-20',
			payments: [
				{
					amountMinor: totalMinor,
					method: 'mpesa',
					reference: 'SKL7X2M4QP',
					receivedOn: '2026-11-20'
				}
			]
		});
		expect(pages[0]).toMatch(/20 Nov 2026\n+M-Pesa\n+SKL7X2M4QP\n+31,027.15/);
		expect(pages[0]).toContain('Paid in full on 20 Nov 2026.');
		expect(pages[0]).not.toContain('How to pay');
	});

	it('is printed in Swahili too', async () => {
		const { pages, language, title } = await printed({}, 'sw');
		expect(language).toBe('sw-KE');
		expect(title).toBe('Ankara INV-2026-0387');
		expect(pages[0]).toContain('Ya kulipwa kufikia 30 Nov 2026');
		expect(pages[0]).toContain('Ukurasa 1 kati ya 1');
	});

	it('numbers its pages and repeats the heads of its table on each', async () => {
		const { pages } = await printed({ lines: Array.from({ length: 60 }, () => line) });
		expect(pages.length).toBeGreaterThan(2);
		pages.forEach((text, place) => {
			expect(text).toContain(`Page ${place + 1} of ${pages.length}`);
			if (text.includes('ERP System')) expect(text).toMatch(/Item\n+Quantity\n+Price, KES/);
		});
	});

	it.each([
		'#panic("here") #import "x.typ": *',
		'*strong* _soft_ $x$ `raw` = head',
		'"quoted" \\ back @ref <label> // end',
		'[content] {code} ~ -- ...',
		'Wanjikũ wa Ng’ang’a & Sons, Mũrang’a',
		'W'.repeat(200)
	])('sets %s as it is written', async (name) => {
		const { pages } = await printed({
			customer: { name, address: [], taxPin: null },
			lines: [{ ...line, description: name }]
		});
		// Broken into lines wherever it must be (what stands between has no width), and not a letter less.
		const together = (text: string): string => text.replace(/[\s\u200b\ufffd]/g, '');
		expect(together(pages.join('')).split(together(name))).toHaveLength(3);
	});

	it('keeps a word of 200 letters within its column', async () => {
		const { pages } = await printed({
			customer: { name: 'W'.repeat(200), address: [], taxPin: null }
		});
		const rows = pages[0]?.split('\n').filter((row) => /WW/.test(row.replace(/\W/g, ''))) ?? [];
		expect(rows.length).toBeGreaterThan(8);
	});

	it('takes letters from right to left and pictures', async () => {
		const { pages } = await printed({
			customer: { name: 'Duka la مرحبا שלום 😀', address: [], taxPin: null }
		});
		expect(pages[0]).toContain('Duka la');
		expect(pages[0]).not.toContain('null');
	});

	it('writes currencies with their own digits', async () => {
		const { pages } = await printed({
			currency: 'UGX',
			lines: [{ ...line, unitMinor: '18500', amountMinor: 18_500n }]
		});
		expect(pages[0]).toContain('UGX 21,460');
	});

	it('is the same to the byte each time', async () => {
		const [one, other] = await Promise.all([
			printInvoice(invoice(), 'en'),
			printInvoice(invoice(), 'en')
		]);
		expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
	});
});
