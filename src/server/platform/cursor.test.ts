import { describe, expect, it } from 'vitest';
import { CursorOf, cursorText, cutPage, isDayPlace } from './cursor.ts';
import { Invalid } from './errors.ts';
import { newId } from './ids.ts';
import { parse } from './usecase.ts';

const at = new Date('2026-11-25T09:00:00.123Z');
const id = newId('act', at);

describe('a cursor', () => {
	it('comes back from an address as it went there', () => {
		expect(parse(CursorOf('act'), cursorText({ at, id }))).toEqual({ at, id });
	});

	it.each(['', id, `${at.getTime()}`, `x.${id}`, `1.${newId('tkt', at)}`, `1.${id}'--`])(
		'“%s” is none',
		(text) => {
			expect(() => parse(CursorOf('act'), text)).toThrow(Invalid);
		}
	);

	it('is given with a page that has rows behind it, and with no other', () => {
		const rows = ['b', 'a'].map((letter) => ({ id: letter, at }));
		expect(cutPage(rows, 1, (row) => row.at)).toEqual({
			page: [rows[0]],
			next: cursorText({ at, id: 'b' })
		});
		expect(cutPage(rows, 2, (row) => row.at)).toEqual({ page: rows, next: null });
		expect(cutPage([], 2, () => at)).toEqual({ page: [], next: null });
	});
});

describe('a place in a list by days', () => {
	it.each([
		['2026-11-30.12', true],
		['2026-02-31.12', false],
		['0000-01-01.12', false],
		['9999-12-31.12', false],
		['2026-11-30.x', false],
		['2026-11-30', false],
		['12', false],
		['', false]
	])('“%s”: %s', (text, is) => {
		expect(isDayPlace(text, /^\d{1,9}$/)).toBe(is);
	});
});
