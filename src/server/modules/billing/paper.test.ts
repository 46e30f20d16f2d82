import { describe, expect, it } from 'vitest';
import {
	fullInvoice,
	paperAccounts,
	paperInvoice,
	paperLine,
	paperNote,
	simulatedSignature
} from '../../../../tests/setup/papers.ts';
import { readPdf } from '../../../../tests/setup/pdf.ts';
import type { Invoice } from './archive.ts';
import type { PayTo } from './document-sheet.ts';
import { printCreditNote, printInvoice } from './paper.ts';

const printed = async (
	changed?: Partial<Invoice>,
	language: 'en' | 'sw' = 'en',
	accounts: PayTo[] = []
) => readPdf(await printInvoice(paperInvoice(changed), language, accounts));
const printedFull = async (changed?: Partial<Invoice>, language: 'en' | 'sw' = 'en') =>
	readPdf(await printInvoice(fullInvoice(changed), language, []));

/** Words as they stand, whatever line they are on. */
const flat = ({ pages }: { pages: string[] }): string =>
	pages
		.join('\n')
		.replace(/[\u200b\ufffd]/g, '')
		.replace(/\s+/g, ' ');

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
		const paper = await printed();
		const words = paper.pages[0]?.split('\n') ?? [];
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
			'VAT 0%, zero-rated, on 5,000.00',
			'KES 31,027.15',
			'To pay by 30 Nov 2026',
			'Page 1 of 1'
		])
			expect(words).toContain(told);
		expect(flat(paper)).toContain('name INV-2026-0387 as the reference');
	});

	it('tells the classes of tax apart, and what has its tax in it', async () => {
		const text = flat(await printedFull());
		for (const told of [
			'VAT 16% on 19,675.00',
			'VAT 8%, reduced rate, on 1,000.00',
			'VAT 0%, zero-rated, on 18,500.00',
			'Exempt from VAT: 18,500.00',
			'1,080.00 8%, included 1,080.00',
			'Zero-rated',
			'Exempt'
		])
			expect(text).toContain(told);
	});

	it('shows how an amount by tiers came about, discounts and the customer’s reference', async () => {
		const text = flat(await printedFull());
		for (const told of [
			'Tier 1: 1,000 × 2.50 = 2,500.00',
			'Tier 2: 250 × 2.00 + 125.00 = 625.00',
			'Sum of the lines 59,705.00',
			'Discount: Karibu, 10% -1,850.00',
			'Discount: Loyal customer -100.00',
			'Your reference PO-4471'
		])
			expect(text).toContain(told);
	});

	it('leaves out what there is nothing to say of', async () => {
		const bare = flat(
			await printed({
				customer: { name: 'New Business', address: [], taxPin: null },
				status: 'void'
			})
		);
		expect(bare.match(/KRA PIN/g)).toHaveLength(1);
		expect(bare).toContain('This paper is void.');
		expect(bare).not.toMatch(
			/To pay by|How to pay|How it was paid|Control unit|Discount|null|none/
		);
	});

	it('says in capitals in a frame how it stands', async () => {
		const { totalMinor } = paperInvoice();
		const stamps = async (changed: Partial<Invoice>, language: 'en' | 'sw' = 'en') =>
			(await printed(changed, language)).pages[0]
				?.split('\n')
				.filter((row) => /^[A-Z ]{4,}$/.test(row) && row !== 'VAT');
		const paid = { status: 'paid', paidMinor: totalMinor, paidOn: '2026-11-20' } as const;
		expect(await stamps({})).toEqual([]);
		expect(await stamps(paid)).toEqual(['PAID']);
		expect(await stamps(paid, 'sw')).toEqual(['IMELIPWA']);
		expect(await stamps({ paidMinor: 100n })).toEqual(['PARTLY PAID']);
		expect(await stamps({ status: 'void' })).toEqual(['VOID']);
		expect(await stamps({ status: 'void' }, 'sw')).toEqual(['IMEBATILISHWA']);
		expect(await stamps({ status: 'uncollectible' })).toEqual(['WRITTEN OFF']);
	});

	it('lists what has settled it', async () => {
		const text = flat(await printedFull());
		expect(text).toContain('20 Nov 2026 M-Pesa SKL7X2M4QP 15,000.00');
		expect(text).toContain('21 Nov 2026 Credit note CRN-2026-0012 4,000.00');
		expect(text).toContain('22 Nov 2026 Withheld VAT 1,000.00');
		const paid = flat(await printed({ status: 'paid', paidOn: '2026-11-20' }));
		expect(paid).toContain('Paid in full on 20 Nov 2026.');
		expect(paid).not.toContain('How to pay');
	});

	it('says where to pay what is left, by the accounts that take its currency', async () => {
		const text = flat(await printed({}, 'en', paperAccounts));
		expect(text).toContain(
			'How to pay Pay by bank transfer and name INV-2026-0387 as the reference.'
		);
		for (const told of [
			'Bank Test Bank, Westlands',
			'Account name Lixnet Ltd',
			'Account number 0110 2233 4455',
			'SWIFT code TESTKENA',
			'Account number 7788 9900'
		])
			expect(text).toContain(told);
		expect(text).not.toMatch(/5566 0001|gives you the account|null/);
		expect(flat(await printed({ currency: 'USD' }, 'en', paperAccounts))).toContain('5566 0001');
		const sw = flat(await printed({}, 'sw', paperAccounts));
		for (const told of [
			'utaje INV-2026-0387 kama kumbukumbu',
			'Benki Test Bank, Westlands',
			'Jina la akaunti Lixnet Ltd',
			'Nambari ya akaunti 0110 2233 4455',
			'Msimbo wa SWIFT TESTKENA'
		])
			expect(sw).toContain(told);
	});

	it('says whom to ask where no account is told, and nothing where nothing is to be paid', async () => {
		expect(flat(await printed())).toContain('Our support gives you the account.');
		const paid = flat(await printed({ status: 'paid', paidOn: '2026-11-20' }, 'en', paperAccounts));
		expect(paid).not.toMatch(/Test Bank|0110/);
	});

	it('names the invoice that it corrects when it is a debit note', async () => {
		const note = await printed({
			kind: 'debit_note',
			number: 'DBN-2026-0003',
			corrects: {
				number: 'INV-2026-0380',
				issuedOn: '2026-10-01',
				unitNumber: 'SIMULATOR-0001/380'
			}
		});
		expect(note.title).toBe('Debit note DBN-2026-0003');
		expect(flat(note)).toContain('Adds to invoice INV-2026-0380 of 1 Oct 2026');
		expect(flat(note)).toContain('Original control unit invoice number: SIMULATOR-0001/380.');
	});

	it('is printed in Swahili too', async () => {
		const paper = await printedFull({}, 'sw');
		expect(paper.language).toBe('sw-KE');
		expect(paper.title).toBe('Ankara INV-2026-0387');
		const text = flat(paper);
		expect(text).toContain('Ya kulipwa kufikia 30 Nov 2026');
		expect(text).toContain('Haijasainiwa na mamlaka ya kodi: kiigizaji.');
		expect(text).toMatch(/Ukurasa 1 kati ya \d/);
		expect(text).not.toMatch(/undefined|Control|Paid|Invoice /);
	});

	it('numbers its pages and repeats the heads of its table on each', async () => {
		const { pages } = await printed({ lines: Array.from({ length: 60 }, () => paperLine()) });
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
			customer: { name, address: [name], taxPin: null },
			customerReference: name,
			lines: [paperLine({ description: name })]
		});
		// Broken into lines wherever it must be (what stands between has no width), and not a letter less.
		const together = (text: string): string => text.replace(/[\s\u200b\ufffd]/g, '');
		expect(together(pages.join('')).split(together(name))).toHaveLength(5);
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
			lines: [paperLine({ unitMinor: '18500', amountMinor: 18_500n })]
		});
		expect(pages[0]).toContain('UGX 21,460');
	});

	it('is the same to the byte each time', async () => {
		const [one, other] = await Promise.all([
			printInvoice(fullInvoice(), 'en', paperAccounts),
			printInvoice(fullInvoice(), 'en', paperAccounts)
		]);
		expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
	});
});

describe('what the control unit says', () => {
	it('stands on the paper with its code, which is described to those who do not see it', async () => {
		const paper = await printedFull();
		// A line may end behind a dash.
		const text = flat(paper).replaceAll('- ', '-');
		for (const told of [
			'Control unit serial number SIMULATOR-0001',
			'Control unit invoice number SIMULATOR-0001/387',
			'Signed 1 Nov 2026, 09:00:07',
			'Internal data Z2JH-3V7Q-K4M6-T5S8-W9X2-Y3Z4-A5',
			'Signature K7M2-Q4T6-V8X3-Z5B9'
		])
			expect(text).toContain(told);
		expect(paper.parts.get('Figure')).toBe(1);
		expect(paper.descriptions).toEqual(['QR code of the control unit for INV-2026-0387']);
	});

	it('is never taken for the tax authority’s when a simulator said it', async () => {
		const warned = 'Not signed by the tax authority: simulator.';
		expect(flat(await printedFull())).toContain(warned);
		expect(
			flat(await printedFull({ signature: { ...simulatedSignature, simulated: false } }))
		).not.toContain('simulator.');
	});

	it.each(['pending', 'failed'] as const)('is missing while it is %s', async (status) => {
		const text = flat(await printed({ signature: { status } }));
		expect(text).toContain('Not signed by the control unit yet.');
		expect(text).not.toContain('serial number');
	});
});

describe('a credit note on paper', () => {
	it('names the invoice, its number at the control unit and the reason, and where the money goes', async () => {
		const paper = readPdf(await printCreditNote(paperNote(), 'en'));
		expect(paper.title).toBe('Credit note CRN-2026-0012');
		const text = flat(paper);
		for (const told of [
			'Gives back of invoice INV-2026-0387 of 1 Nov 2026.',
			'Original control unit invoice number: SIMULATOR-0001/387.',
			'Reason: Half of the month was without service',
			'Total KES 10,730.00',
			'Taken off invoice INV-2026-0387 4,000.00',
			'Added to your credit 6,730.00'
		])
			expect(text).toContain(told);
		expect(text).not.toMatch(/To pay|How to pay|Due/);
	});

	it('is printed in Swahili too', async () => {
		const { title } = readPdf(await printCreditNote(paperNote(), 'sw'));
		expect(title).toBe('Hati ya kupunguza deni CRN-2026-0012');
	});
});
