import { expect, it } from 'vitest';
import { toMajor, toMinorDecimal } from './minor-units.ts';

it.each([
	['1850050', 'KES', '18500.5'],
	['90', 'KES', '0.9'],
	['0.55', 'KES', '0.0055'],
	['0', 'KES', '0'],
	['45000', 'UGX', '45000'],
	['12.5', 'UGX', '12.5'],
	['5', 'KWD', '0.005']
])('%s minor units of %s are %s, there and back', (minor, currency, major) => {
	expect(toMajor(minor, currency)).toBe(major);
	expect(toMinorDecimal(major, currency)).toBe(minor);
});
