import { expect, it } from 'vitest';
import { csvMark } from '#lib/format/csv.ts';
import type { Statement } from '#server/modules/ledger/index.ts';
import { statementCsv } from './sheet.ts';

const range = { from: '2026-11-01', to: '2026-11-30', unknown: false };
const entry = (
	amountMinor: bigint,
	balanceMinor: bigint,
	kind: 'invoice' | 'payment',
	reference: string
) => ({
	id: reference,
	onDay: '2026-11-02',
	kind: 'issued' as const,
	document: { kind, id: reference, reference },
	amountMinor,
	balanceMinor
});

it('has each amount in full, with its balance, from opening to closing', () => {
	const statements: Statement[] = [
		{
			currency: 'KES',
			openingMinor: 0n,
			carriedMinor: 0n,
			count: 2,
			entries: [
				entry(999_999_999_999_999n, 999_999_999_999_999n, 'invoice', 'INV-2026-0001'),
				entry(-1_000_000_000_000_004n, -5n, 'payment', '=FT1')
			],
			closingMinor: -5n
		},
		{
			currency: 'UGX',
			openingMinor: 500n,
			carriedMinor: 500n,
			entries: [],
			count: 0,
			closingMinor: 500n
		}
	];
	const [head, ...lines] = [...statementCsv(statements, range)].join('').trimEnd().split('\r\n');
	expect(head).toBe(`${csvMark}Date,Document,Reference,Charged,Paid,Balance,Currency`);
	expect(lines).toEqual([
		'2026-11-01,Opening balance,,,,0.00,KES',
		'2026-11-02,Invoice,INV-2026-0001,9999999999999.99,,9999999999999.99,KES',
		"2026-11-02,Payment,'=FT1,,10000000000000.04,-0.05,KES",
		'2026-11-30,Closing balance,,,,-0.05,KES',
		'2026-11-01,Opening balance,,,,500,UGX',
		'2026-11-30,Closing balance,,,,500,UGX'
	]);
});
