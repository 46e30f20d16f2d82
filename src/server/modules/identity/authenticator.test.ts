import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { newSecret, stepOf, uriOf } from './authenticator.ts';

/** RFC 6238, appendix B: the secret of the SHA-1 vectors. */
const secret = Secret.fromLatin1('12345678901234567890').base32;
const at = (seconds: number): Date => new Date(seconds * 1000);

describe('codes', () => {
	// The vectors have eight digits; six are the last six of them (RFC 4226, 5.3).
	it.each([
		[59, '287082', 1n],
		[1_111_111_109, '081804', 37_037_036n],
		[1_111_111_111, '050471', 37_037_037n],
		[1_234_567_890, '005924', 41_152_263n],
		[2_000_000_000, '279037', 66_666_666n],
		[20_000_000_000, '353130', 666_666_666n]
	])('at %i seconds %s is right, as RFC 6238 has it', (seconds, code, step) => {
		expect(stepOf({ secret, code, now: at(seconds) })).toBe(step);
	});

	it('are right one step early and one step late, and no further', () => {
		const code = '050471';
		const begin = 37_037_037 * 30;
		const right = [-31, -30, -1, 0, 29, 30, 59, 60].map(
			(offset) => stepOf({ secret, code, now: at(begin + offset) }) !== null
		);
		expect(right).toEqual([false, true, true, true, true, true, true, false]);
		// Whenever it is given, it is the code of its own step.
		expect(stepOf({ secret, code, now: at(begin - 30) })).toBe(37_037_037n);
		expect(stepOf({ secret, code, now: at(begin + 59) })).toBe(37_037_037n);
	});

	it.each(['287081', '28708', '2870822', '', 'abcdef'])('%j is wrong', (code) => {
		expect(stepOf({ secret, code, now: at(59) })).toBeNull();
	});
});

describe('a secret', () => {
	it('has 160 bits and is another one each time', () => {
		const made = newSecret();
		expect(Secret.fromBase32(made).bytes).toHaveLength(20);
		expect(newSecret()).not.toBe(made);
	});

	it('reaches an app by an address that says whose it is and how codes are made', () => {
		const uri = new URL(uriOf(secret, 'wanjiku+shop@mavuno.example'));
		expect(uri.protocol).toBe('otpauth:');
		expect(decodeURIComponent(uri.pathname)).toContain(
			'Evolve Business:wanjiku+shop@mavuno.example'
		);
		expect(Object.fromEntries(uri.searchParams)).toEqual({
			issuer: 'Evolve Business',
			secret,
			algorithm: 'SHA1',
			digits: '6',
			period: '30'
		});
		expect(new TOTP({ secret }).generate({ timestamp: 59_000 })).toBe('287082');
	});
});
