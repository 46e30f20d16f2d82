import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';
import { qrPath } from './qr.ts';

/** Paints the path as a browser does, some pixels a module. */
function paint(size: number, path: string, scale: number) {
	const width = size * scale;
	const data = new Uint8ClampedArray(width * width * 4).fill(255);
	for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
		for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
			for (let at = Number(x) * scale; at < (Number(x) + Number(length)) * scale; at++)
				data.fill(0, (row * width + at) * 4, (row * width + at) * 4 + 3);
		}
	}
	return { width, height: width, data };
}

describe('the QR code', () => {
	it('is read as what was written', () => {
		const text =
			'otpauth://totp/Evolve%20Business:wanjiku%40mavuno.example?issuer=Evolve%20Business&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30';
		const { size, path } = qrPath(text);
		expect(decodeQR(paint(size, path, 4))).toBe(text);
	});

	it('keeps four modules free all round', () => {
		const { size, path } = qrPath('otpauth://totp/x');
		for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
			expect(Number(x)).toBeGreaterThanOrEqual(4);
			expect(Number(y)).toBeGreaterThanOrEqual(4);
			expect(Number(x) + Number(length)).toBeLessThanOrEqual(size - 4);
			expect(Number(y)).toBeLessThan(size - 4);
		}
	});
});
