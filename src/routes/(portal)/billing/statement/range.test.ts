import { expect, it } from 'vitest';
import { readPage, readRange } from './range.ts';

it.each([
	['', '2025-12-01', '2026-11-25', false],
	['from=2026-01-01', '2026-01-01', '2026-11-25', false],
	['from=2026-01-01&to=2026-03-31', '2026-01-01', '2026-03-31', false],
	['from=2026-03-31&to=2026-03-31', '2026-03-31', '2026-03-31', false],
	['from=&to=', '2025-12-01', '2026-11-25', false],
	['from=2026-02-30', '2025-12-01', '2026-11-25', true],
	['from=yesterday', '2025-12-01', '2026-11-25', true],
	['from=2026-04-01&to=2026-03-31', '2025-12-01', '2026-11-25', true],
	['from=2027-01-01', '2025-12-01', '2026-11-25', true]
])('?%s is from %s to %s', (query, from, to, unknown) => {
	expect(readRange(new URLSearchParams(query), '2026-11-25')).toEqual({ from, to, unknown });
});

it('reaches back by months also from the last day of one', () => {
	expect(readRange(new URLSearchParams(), '2026-03-31').from).toBe('2025-04-01');
});

it.each([
	['', 1],
	['page=3', 3],
	['page=0', 1],
	['page=-1', 1],
	['page=1e3', 1],
	['page=x', 1],
	['page=99999999', 1]
])('?%s is page %i', (query, page) => {
	expect(readPage(new URLSearchParams(query))).toBe(page);
});
