import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Ordinary and strong. */
const weights = [400, 600];
/** The package has a font a script: names such as Wanjikũ take letters of the second. */
const scripts = ['latin', 'latin-ext'];

/**
 * Inter as the press takes it: one TrueType font for each weight, out of variable ones packed for browsers.
 * @returns the fonts' bytes, in an order that never changes
 */
export async function readFonts(): Promise<Buffer[]> {
	// @ts-expect-error The package describes no types.
	const { default: subset } = (await import('subset-font')) as {
		default: (font: Buffer, text: undefined, options: object) => Promise<Buffer>;
	};
	const fonts: Buffer[] = [];
	for (const script of scripts) {
		const packed = await readFile(
			require.resolve(`@fontsource-variable/inter/files/inter-${script}-wght-normal.woff2`)
		);
		for (const wght of weights)
			fonts.push(
				await subset(packed, undefined, {
					targetFormat: 'truetype',
					keepAllGlyphs: true,
					keepFeatures: ['kern', 'tnum', 'ccmp', 'mark', 'mkmk', 'locl'],
					variationAxes: { wght }
				})
			);
	}
	return fonts;
}
