import { describe, expect, it } from 'vitest';
import { toCsv } from './csv.ts';

describe('comma-separated values', () => {
	it('end each row as the standard asks and begin with the mark of their letters', () => {
		expect(
			toCsv([
				['day', 'bytes'],
				['2026-11-25', 62_000_000],
				['2026-11-26', null]
			])
		).toBe('\ufeffday,bytes\r\n2026-11-25,62000000\r\n2026-11-26,\r\n');
	});

	it.each([
		['ERP, the system', '"ERP, the system"'],
		['the "system"', '"the ""system"""'],
		['two\nlines', '"two\nlines"'],
		['M-Pesa', 'M-Pesa']
	])('%j is written %j', (text, written) => {
		expect(toCsv([[text]])).toBe(`\ufeff${written}\r\n`);
	});

	it.each(['=1+1', '+254', '-2', '@sum', '\t=1'])('%j does not become a formula', (text) => {
		expect(toCsv([[text]])).toBe(`\ufeff'${text}\r\n`);
	});

	it('leaves a number below zero a number', () => {
		expect(toCsv([[-2.5]])).toBe('\ufeff-2.5\r\n');
	});

	it('guards a formula that needs quotes as well', () => {
		expect(toCsv([['=HYPERLINK("x","y")']])).toBe('\ufeff"\'=HYPERLINK(""x"",""y"")"\r\n');
	});
});
