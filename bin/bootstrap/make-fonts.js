// Makes the fonts that the pages name, under the pinned Node.
import { existsSync } from 'node:fs';

const fonts = new URL('../fonts.js', import.meta.url);
if (existsSync(fonts)) {
	const { makeFonts } = await import(fonts.href);
	await makeFonts();
}
