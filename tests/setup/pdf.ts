import { inflateSync } from 'node:zlib';

export interface ReadPdf {
	/** The text of each page, in the order that it was set, pieces parted by line ends. */
	pages: string[];
	/** Width and height of each page in points. */
	sizes: [number, number][];
	/** Whether it says how it is built, for ears. */
	tagged: boolean;
	/** How many of each kind of part there are: `Table`, `TH`, `H1`. */
	parts: Map<string, number>;
	/** What is said of pictures to those who do not see them. */
	descriptions: string[];
	language: string | null;
	title: string | null;
}

/**
 * Reads back what the press printed: a small reader for that one writer, whose files have a plain object a
 * thing, fonts with a table of what their glyphs stand for, and text in strings of two bytes a glyph.
 */
export function readPdf(bytes: Uint8Array): ReadPdf {
	const file = Buffer.from(bytes).toString('latin1');
	const objects = new Map<string, string>();
	for (const [, id = '', body = ''] of file.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g))
		objects.set(id, body);
	const all = [...objects.values()].map(dictionary);
	const pages = all.filter((body) => /\/Type \/Page\b/.test(body) && /\/Contents/.test(body));
	const parts = new Map<string, number>();
	for (const body of all)
		for (const [, kind = ''] of body.matchAll(/\/S \/(\w+)/g))
			parts.set(kind, (parts.get(kind) ?? 0) + 1);
	return {
		pages: pages.map((page) => textOf(page, objects)),
		sizes: pages.map((page) => {
			const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(page) ?? [];
			return [Number(width), Number(height)];
		}),
		tagged:
			all.some((body) => body.includes('/StructTreeRoot')) &&
			all.some((body) => /\/Marked true/.test(body)),
		parts,
		descriptions: all.flatMap((body) =>
			[...body.matchAll(/\/Alt \(((?:\\.|[^\\)])*)\)/g)].map(([, text = '']) => unescape(text))
		),
		language: /\/Lang \(([^)]*)\)/.exec(file)?.[1] ?? null,
		title: utf8(/<rdf:li xml:lang="[^"]*">([^<]*)<\/rdf:li>/.exec(file)?.[1] ?? null)
	};
}

/** What was read byte by byte. */
const utf8 = (bytes: string | null): string | null =>
	bytes === null ? null : Buffer.from(bytes, 'latin1').toString('utf8');

function textOf(page: string, objects: Map<string, string>): string {
	const fonts = new Map<string, Map<number, string>>();
	for (const [, name = '', id = ''] of page.matchAll(/\/(f\d+) (\d+) 0 R/g)) {
		const [, table = ''] = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '') ?? [];
		fonts.set(name, readGlyphs(stream(objects.get(table) ?? '')));
	}
	const [, contents = ''] = /\/Contents (\d+) 0 R/.exec(page) ?? [];
	let text = '';
	let glyphs = new Map<number, string>();
	const drawn = stream(objects.get(contents) ?? '');
	// A font is chosen, a piece ends, or a string is drawn: in hex, or as it is, which may hold pairs of parentheses.
	const words = /\/(f\d+) [\d.]+ Tf|(\bET\b)|<([\da-fA-F]+)>|\(/g;
	for (let word = words.exec(drawn); word; word = words.exec(drawn)) {
		const [, font, end, hex] = word;
		if (font !== undefined) glyphs = fonts.get(font) ?? new Map<number, string>();
		else if (end !== undefined) text += '\n';
		else {
			const closed = hex === undefined ? closing(drawn, words.lastIndex) : words.lastIndex;
			const codes = hex
				? Buffer.from(hex, 'hex')
				: Buffer.from(unescape(drawn.slice(words.lastIndex, closed)), 'latin1');
			words.lastIndex = closed;
			for (let at = 0; at + 1 < codes.length; at += 2)
				text += glyphs.get(codes.readUInt16BE(at)) ?? '\ufffd';
		}
	}
	return text;
}

/** Where the string that begins here ends. */
function closing(drawn: string, from: number): number {
	let depth = 1;
	for (let at = from; at < drawn.length; at++) {
		if (drawn[at] === '\\') at++;
		else if (drawn[at] === '(') depth++;
		else if (drawn[at] === ')' && --depth === 0) return at;
	}
	throw new Error('A string of the page has no end.');
}

/** What the glyphs of a font stand for, out of its table (`bfchar` and `bfrange`). */
function readGlyphs(table: string): Map<number, string> {
	const glyphs = new Map<number, string>();
	const letters = (hex: string): string =>
		Buffer.from(hex.replace(/\s/g, ''), 'hex').swap16().toString('utf16le');
	for (const [, block = ''] of table.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
		for (const [, code = '', text = ''] of block.matchAll(/<(\w+)>\s*<([\w\s]+)>/g))
			glyphs.set(parseInt(code, 16), letters(text));
	for (const [, block = ''] of table.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
		for (const [, from = '', to = '', text = ''] of block.matchAll(
			/<(\w+)>\s*<(\w+)>\s*<([\w\s]+)>/g
		))
			for (let code = parseInt(from, 16); code <= parseInt(to, 16); code++) {
				const first = letters(text).codePointAt(0) ?? 0;
				glyphs.set(code, String.fromCodePoint(first + code - parseInt(from, 16)));
			}
	return glyphs;
}

const dictionary = (body: string): string => body.split(/\nstream\r?\n/)[0] ?? '';

function stream(body: string): string {
	const head = dictionary(body);
	const [start = ''] = /\nstream\r?\n/.exec(body.slice(head.length)) ?? [];
	const from = head.length + start.length;
	// By its length: what is packed may itself end like the end of a line.
	const bytes = body.slice(from, from + Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0));
	return head.includes('/FlateDecode')
		? inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1')
		: bytes;
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescape(string: string): string {
	return string.replace(/\\(?:([0-7]{1,3})|([\s\S]))/g, (_, octal?: string, other?: string) =>
		octal === undefined
			? (escapes[other ?? ''] ?? other ?? '')
			: String.fromCharCode(parseInt(octal, 8))
	);
}
