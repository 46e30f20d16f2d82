import { describe, expect, it } from 'vitest';
import type { ListedInvoice } from '#server/modules/billing/index.ts';
import { paperInvoice, paperLine } from '../../../../../tests/setup/papers.ts';
import { fileName } from './file-names.ts';
import { invoicesCsv, linesCsv } from './sheets.ts';

const summary: ListedInvoice = {
	id: 'inv_1',
	number: 'INV-2026-0387',
	status: 'open',
	issuedOn: '2026-11-01',
	dueOn: '2026-11-30',
	currency: 'KES',
	totalMinor: 2_146_000n,
	paidMinor: 160n,
	paidOn: null,
	kind: 'debit_note',
	customerReference: 'PO 4711',
	discountMinor: 500n,
	subtotalMinor: 1_850_000n,
	taxMinor: 296_000n,
	settled: { payment: 70n, credit: 30n, credit_note: 40n, withholding: 20n }
};

describe('invoices as comma-separated values', () => {
	it('have a row each, their amounts exact and without commas', async () => {
		async function* pieces() {
			yield await Promise.resolve([summary]);
			yield await Promise.resolve([{ ...summary, currency: 'UGX', status: 'void' as const }]);
		}
		const rows = (await Array.fromAsync(invoicesCsv(pieces()))).join('').split('\r\n');
		expect(rows[1]).toBe(
			'INV-2026-0387,2026-11-01,2026-11-30,To pay,KES,21460.00,1.00,21458.40,,Debit note,PO 4711,5.00,18500.00,2960.00,0.40,0.20,0.00'
		);
		expect(rows[2]).toBe(
			'INV-2026-0387,2026-11-01,2026-11-30,Void,UGX,2146000,100,0,,Debit note,PO 4711,500,1850000,296000,40,20,0'
		);
	});

	it('have a row for each line and each sum of one', () => {
		const invoice = paperInvoice({
			...summary,
			seller: { name: 'Lixnet', address: [], taxPin: null },
			customer: { name: 'Mavuno', address: [], taxPin: null },
			lines: [
				paperLine({
					description: '=SUM(A1), "quoted"',
					period: { start: '2026-11-01', end: '2026-12-01' },
					quantity: '1322.5',
					unitMinor: '90.5',
					amountMinor: 119_686n
				}),
				paperLine({
					description: 'Credit',
					period: null,
					quantity: '-1',
					unitMinor: '1250',
					amountMinor: -1_250n
				})
			],
			totals: {
				subtotalMinor: 118_436n,
				taxes: [{ taxClass: 'standard', rate: '16', baseMinor: 118_436n, taxMinor: 18_950n }],
				taxMinor: 18_950n,
				totalMinor: 137_386n
			},
			discounts: [{ label: 'Karibu', percent: null, amountMinor: 100n }]
		});
		const rows = [...linesCsv(invoice)].join('').split('\r\n');
		expect(rows[1]).toBe(
			`INV-2026-0387,"'=SUM(A1), ""quoted""",2026-11-01,2026-12-01,1322.5,0.905,16,1196.86`
		);
		expect(rows[2]).toBe('INV-2026-0387,Credit,,,-1,12.50,16,-12.5');
		expect(rows[3]).toBe('INV-2026-0387,Discount: Karibu,,,,,,-1');
		expect(rows[5]).toBe('INV-2026-0387,VAT,,,,,16,189.50');
		expect(rows).toHaveLength(9);
	});
});

describe('the name of a file', () => {
	it.each([
		['INV-2026-0387', 'INV-2026-0387'],
		['../../etc/passwd', 'etc-passwd'],
		['INV/2026 "1"\r\nX', 'INV-2026-1-X'],
		['…', 'invoice']
	])('of %j is safe', (number, name) => {
		expect(fileName(number)).toBe(name);
	});
});
