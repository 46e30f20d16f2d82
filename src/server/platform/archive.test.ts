import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { packFiles } from './archive.ts';

const at = new Date('2026-11-01T06:00:00Z');
const content = (place: number) => new TextEncoder().encode(`file ${place} `.repeat(100));

describe('an archive', () => {
	it('holds each file whole', async () => {
		async function* files() {
			for (let place = 0; place < 300; place++)
				yield await Promise.resolve({ name: `INV-${place}.pdf`, bytes: content(place), at });
		}
		const unpacked = unzipSync(Buffer.concat(await Array.fromAsync(packFiles(files()))));
		expect(Object.keys(unpacked)).toHaveLength(300);
		expect(Buffer.from(unpacked['INV-299.pdf'] ?? []).equals(content(299))).toBe(true);
	});

	it('is made no faster than it is taken', async () => {
		let made = 0;
		async function* files() {
			for (; made < 100; made++)
				yield await Promise.resolve({ name: `${made}.pdf`, bytes: content(made), at });
		}
		const pieces = packFiles(files());
		await pieces.next();
		expect(made).toBeLessThanOrEqual(1);
		await pieces.return(undefined);
	});

	it('of nothing is an empty archive', async () => {
		async function* none(): AsyncGenerator<never> {
			// Nothing fits.
		}
		expect(unzipSync(Buffer.concat(await Array.fromAsync(packFiles(none()))))).toEqual({});
	});
});
