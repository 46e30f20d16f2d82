import { describe, expect, it } from 'vitest';
import { byteParts, bytesLike, formatBytes } from './bytes.ts';

describe('amounts of data', () => {
	it.each([
		[0, '0 bytes'],
		[999, '999 bytes'],
		[1_000, '1 kB'],
		[1_049, '1 kB'],
		[412_000_000, '412 MB'],
		[99_940_000, '99.9 MB'],
		[99_960_000, '100 MB'],
		[999_499_999, '999 MB'],
		[999_500_000, '1 GB'],
		[1_000_000_000, '1 GB'],
		[2_100_000_000, '2.1 GB'],
		[3_000_000_000n, '3 GB'],
		[1_073_741_824, '1.1 GB'],
		[2_345_000_000_000, '2.3 TB']
	])('%d bytes are written %s', (bytes, written) => {
		expect(formatBytes(bytes, 'en-KE')).toBe(written);
	});

	it('come in two pieces for figures with a small unit', () => {
		expect(byteParts(2_100_000_000, 'en-KE')).toEqual({ number: '2.1', unit: 'GB' });
	});

	it('share one unit on an axis', () => {
		const written = bytesLike(1_500_000_000, 1, 'en-KE');
		expect([500_000_000, 1_000_000_000, 1_500_000_000].map(written)).toEqual([
			'0.5 GB',
			'1 GB',
			'1.5 GB'
		]);
	});

	it('are told apart in a table by a second digit', () => {
		const written = bytesLike(2_100_000_000, 2, 'en-KE');
		expect([1_320_000_000, 1_290_000_000].map(written)).toEqual(['1.32 GB', '1.29 GB']);
	});
});
