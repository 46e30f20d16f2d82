import { describe, expect, it } from 'vitest';
import { csvRows } from './csv.ts';

describe('comma-separated values', () => {
	it('end each row as the standard asks', () => {
		expect(
			csvRows([
				['day', 'bytes'],
				['2026-11-25', 62_000_000],
				['2026-11-26', null]
			])
		).toBe('day,bytes\r\n2026-11-25,62000000\r\n2026-11-26,\r\n');
	});

	it.each([
		['ERP, the system', '"ERP, the system"'],
		['the "system"', '"the ""system"""'],
		['two\nlines', '"two\nlines"'],
		['M-Pesa', 'M-Pesa']
	])('%j is written %j', (text, written) => {
		expect(csvRows([[text]])).toBe(`${written}\r\n`);
	});

	it.each(['=1+1', '+254', '-2', '@sum', '\t=1', '＝1+1', '＠sum'])(
		'%j does not become a formula',
		(text) => {
			expect(csvRows([[text]])).toBe(`'${text}\r\n`);
		}
	);

	it('leaves a number below zero a number', () => {
		expect(csvRows([[-2.5]])).toBe('-2.5\r\n');
	});

	it('guards a formula that needs quotes as well', () => {
		expect(csvRows([['=HYPERLINK("x","y")']])).toBe('"\'=HYPERLINK(""x"",""y"")"\r\n');
	});
});
