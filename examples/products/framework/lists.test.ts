import { describe, expect, it } from 'vitest';
import { list } from './lists.ts';
import { csvOf } from './sheets.ts';

const rows = Array.from({ length: 30 }, (_, n) => ({ name: `Row ${n + 1}`, odd: n % 2 === 0 }));

function drawn(query: string): string {
	const view = { query: new URLSearchParams(query), path: '/rows' };
	return list(view, {
		caption: 'Rows',
		one: 'row',
		columns: ['Name'],
		rows,
		words: ({ name }) => name,
		filters: [{ name: 'odd', words: 'Odd', keeps: ({ odd }) => odd }],
		cells: ({ name }) => [name],
		empty: 'None yet.'
	})
		.markup.replaceAll(/\s+/g, ' ')
		.replaceAll('> ', '>');
}
const named = (page: string): string[] => page.match(/Row \d+(?=\s*<)/g) ?? [];

describe('a list', () => {
	it('comes in pages', () => {
		expect(named(drawn(''))).toHaveLength(12);
		expect(named(drawn('page=3'))).toEqual([
			'Row 25',
			'Row 26',
			'Row 27',
			'Row 28',
			'Row 29',
			'Row 30'
		]);
		expect(drawn('page=2')).toContain('Page 2 of 3');
		expect(drawn('page=2')).toContain('href="/rows" rel="prev"');
		expect(drawn('page=2')).toContain('href="/rows?page=3" rel="next"');
	});

	it.each(['page=99', 'page=-1', 'page=x', 'page=1.5'])('takes %s for a page there is', (query) => {
		expect(named(drawn(query)).length).toBeGreaterThan(0);
	});

	it('is searched by all of the words, and says how many fit', () => {
		expect(named(drawn('q=row+30'))).toEqual(['Row 30']);
		expect(drawn('q=row+30')).toContain('Rows: 1 of 30 rows');
		expect(drawn('q=<b>')).toContain('Nothing fits “&#60;b&#62;”');
	});

	it('keeps filter and search from page to page', () => {
		expect(named(drawn('show=odd'))).toContain('Row 23');
		expect(named(drawn('show=odd'))).not.toContain('Row 2');
		expect(drawn('show=odd&q=row')).toContain('href="/rows?q=row&#38;show=odd&#38;page=2"');
	});
});

describe('a sheet', () => {
	it('quotes what needs it, and lets no spreadsheet take words for a formula', () => {
		const rest = [
			['a,b', 'say "hi"'],
			['=1+1', '-2+3'],
			['+254 700 000 000', -5]
		];
		expect(csvOf({ name: 'x', columns: ['one', 'two'], rows: rest }).toString()).toBe(
			'\uFEFFone,two\r\n"a,b","say ""hi"""\r\n\'=1+1,\'-2+3\r\n+254 700 000 000,-5\r\n'
		);
	});
});
