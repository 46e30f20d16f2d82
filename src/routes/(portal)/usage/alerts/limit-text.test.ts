import { describe, expect, it } from 'vitest';
import { typedLimit } from './limit-text.ts';

describe('a limit as it is typed', () => {
	it.each([
		['50000000000', 'bytes', '50 GB'],
		['1500000000000', 'bytes', '1.5 TB'],
		['1234567', 'bytes', '1234.567 kB'],
		['999', 'bytes', '999 bytes'],
		['1000', 'bytes', '1 kB'],
		['0.5', 'bytes', '0.5 bytes'],
		['125050', 'money', '1250.5'],
		['5', 'money', '0.05'],
		['125000', 'money', '1250'],
		['12500.5', 'count', '12500.5'],
		['40', 'hours', '40']
	])('%s %s is %s', (limit, unit, typed) => {
		expect(typedLimit(limit, unit, 'KES')).toBe(typed);
	});
});
