/**
 * Makes the fonts that pages load, from the whole ones in the npm packages: only the characters, the weights and the
 * features that our screens use. A first visit then carries 22 KB of Inter instead of 48.
 *
 * The files land in static/fonts, which git does not keep. They are made again only when what they are made from, or
 * how, has changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { argv } from 'node:process';

const root = new URL('../', import.meta.url);
const folder = new URL('static/fonts/', root);
const stamp = new URL('made-from.txt', folder);

const range = (/** @type {number} */ from, /** @type {number} */ to) =>
	Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('');
const ascii = range(0x20, 0x7e);
const latin = range(0xa0, 0xff) + 'ŒœŠšŽžŸ';
const signs = '–—‘’‚“”„•…‹›⁄€™↑↓−';

const fonts = [
	{
		name: 'inter',
		source: 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
		text: ascii + latin + signs,
		options: {
			variationAxes: { wght: { min: 400, max: 650 } },
			// Kerning, figures of one width, accents, and signs raised beside capitals and figures.
			keepFeatures: ['kern', 'tnum', 'ccmp', 'mark', 'calt']
		}
	},
	...[400, 500].map((weight) => ({
		name: `roboto-mono-${weight}`,
		source: `node_modules/@fontsource/roboto-mono/files/roboto-mono-latin-${weight}-normal.woff2`,
		text: ascii + '–…·×−',
		options: { keepFeatures: [] }
	}))
];

/**
 * Makes every font that is missing or out of date.
 *
 * @returns {Promise<{ name: string, file: string }[]>} the fonts and where they are
 */
export async function makeFonts() {
	const made = fonts.map(({ name }) => ({
		name,
		file: fileURLToPath(new URL(`${name}.woff2`, folder))
	}));
	const recipe = recipeOf();
	const upToDate =
		made.every(({ file }) => existsSync(file)) &&
		existsSync(stamp) &&
		readFileSync(stamp, 'utf8') === recipe;
	if (upToDate) return made;

	mkdirSync(folder, { recursive: true });
	// @ts-expect-error The package describes no types.
	const { default: subset } = await import('subset-font');
	for (const [i, { source, text, options }] of fonts.entries()) {
		const font = await subset(readFileSync(new URL(source, root)), text, {
			targetFormat: 'woff2',
			noHinting: true,
			...options
		});
		writeFileSync(/** @type {{ file: string }} */ (made[i]).file, font);
	}
	// Last, so that an interrupted run is taken up again.
	writeFileSync(stamp, recipe);
	return made;
}

function recipeOf() {
	const hash = createHash('sha256').update(JSON.stringify(fonts));
	for (const { source } of fonts) hash.update(readFileSync(new URL(source, root)));
	return hash.digest('hex');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
	for (const { file } of await makeFonts()) console.log(file);
}
