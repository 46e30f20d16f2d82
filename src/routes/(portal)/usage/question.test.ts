import { describe, expect, it } from 'vitest';
import { readRange } from '#lib/format/ranges.ts';
import { questionAddress, readQuestion, stepsFor } from './question.ts';

const now = new Date('2026-11-25T09:00:00Z');
const range = (query: string) => readRange(new URLSearchParams(query), now, 'Africa/Nairobi');
const read = (query: string) => readQuestion(new URLSearchParams(query), range(query));

describe('what the address asks', () => {
	it.each([
		'',
		'range=30d',
		'range=custom&from=2026-11-01&to=2026-11-10&product=erp&measure=data&by=user&step=week&compare=none',
		'person=otieno%40mavuno.example&in-branch=Nakuru&in-feature=Stock'
	])('says %j again as it was said', (query) => {
		const said = questionAddress(read(query), range(query));
		expect(said).toBe(query ? `/usage?${query}` : '/usage');
	});

	it('offers the steps that a range has room for', () => {
		expect(stepsFor(range('range=today'))).toEqual(['minute', 'hour', 'day']);
		expect(stepsFor(range('range=30d'))).toEqual(['hour', 'day', 'week', 'month']);
		expect(stepsFor(range('range=90d'))).toEqual(['day', 'week', 'month']);
	});

	it('takes the usual step where none is asked for, or one that makes no sense', () => {
		expect(read('range=today').step).toBe('hour');
		expect(read('range=90d&step=hour').step).toBe('day');
		expect(read('step=century').step).toBe('day');
		expect(read('range=7d&step=minute').step).toBe('day');
	});
});
