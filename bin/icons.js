/**
 * Writes src/lib/ui/icons.ts: the icons that screens use, each as the data of one SVG path.
 *
 * Lucide draws an icon from paths, circles, rectangles and lines. Joined into one path they weigh a third in the
 * page and need one element each, which matters where a page shows sixty. Add a name to the list and run
 * `node bin/icons.js`; the result is committed, so a build never depends on this.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const source = new URL('../node_modules/@lucide/svelte/dist/icons/', import.meta.url);
const target = new URL('../src/lib/ui/icons.ts', import.meta.url);

/** Our name for an icon, and Lucide's where it differs. */
const wanted = {
	activity: '',
	'arrow-down': '',
	'arrow-left': '',
	'arrow-right': '',
	'arrow-up': '',
	'arrow-up-right': '',
	ban: '',
	bank: 'landmark',
	bell: '',
	book: 'book-open',
	building: 'building-complex',
	calendar: '',
	card: 'credit-card',
	chart: 'chart-column',
	check: '',
	'check-circle': 'circle-check',
	'chevron-down': '',
	'chevron-left': '',
	'chevron-right': '',
	'chevron-up': '',
	clock: 'clock-4',
	close: 'x',
	command: '',
	copy: '',
	database: '',
	dashed: 'circle-dashed',
	dot: 'circle-dot',
	download: '',
	error: 'circle-alert',
	external: 'external-link',
	eye: '',
	'eye-off': '',
	file: 'file-text',
	filter: 'list-filter',
	fingerprint: 'fingerprint-pattern',
	gift: '',
	globe: '',
	grid: 'layout-grid',
	help: 'circle-question-mark',
	home: 'house',
	info: '',
	key: 'key-round',
	layers: '',
	link: '',
	list: '',
	lock: '',
	'log-in': '',
	'log-out': '',
	mail: '',
	menu: '',
	message: 'message-square',
	minus: '',
	'minus-circle': 'circle-minus',
	money: 'banknote',
	monitor: '',
	moon: '',
	more: 'ellipsis',
	offline: 'wifi-off',
	paperclip: '',
	pause: 'circle-pause',
	pencil: '',
	phone: 'smartphone',
	plus: '',
	'plus-circle': 'circle-plus',
	printer: '',
	receipt: 'receipt-text',
	refresh: 'refresh-cw',
	search: '',
	send: '',
	settings: '',
	share: 'share-2',
	shield: 'shield-check',
	sliders: 'sliders-horizontal',
	slash: 'circle-slash',
	sparkles: '',
	sun: '',
	support: 'life-buoy',
	swap: 'arrow-left-right',
	table: 'table-2',
	trash: '',
	upload: '',
	user: '',
	'user-plus': '',
	users: '',
	warning: 'triangle-alert',
	wrench: '',
	zap: ''
};

/** @param {Record<string, string | number | undefined>} a */
const circle = (a) => ellipse({ cx: a['cx'], cy: a['cy'], rx: a['r'], ry: a['r'] });

/** @param {Record<string, string | number | undefined>} a */
function ellipse(a) {
	const [x, y, rx, ry] = [Number(a['cx']), Number(a['cy']), Number(a['rx']), Number(a['ry'])];
	return `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
}

/** @param {Record<string, string | number | undefined>} a */
function rect(a) {
	const [x, y, w, h] = [
		Number(a['x'] ?? 0),
		Number(a['y'] ?? 0),
		Number(a['width']),
		Number(a['height'])
	];
	const r = Number(a['rx'] ?? a['ry'] ?? 0);
	if (r === 0) return `M${x} ${y}h${w}v${h}h${-w}z`;
	const corner = (/** @type {number} */ dx, /** @type {number} */ dy) =>
		`a${r} ${r} 0 0 1 ${dx} ${dy}`;
	return `M${x + r} ${y}h${w - 2 * r}${corner(r, r)}v${h - 2 * r}${corner(-r, r)}h${2 * r - w}${corner(-r, -r)}v${2 * r - h}${corner(r, -r)}z`;
}

/**
 * A path may begin with a relative "m", which means 0 0 only while the path stands alone; the pairs after it are
 * relative lines all the same.
 *
 * @param {string} d
 */
function startAbsolute(d) {
	const number = String.raw`(-?\d*\.?\d+)`;
	const start = new RegExp(`^m\\s*${number}[\\s,]*${number}[\\s,]*`).exec(d);
	if (start === null) return d;
	const rest = d.slice(start[0].length);
	return `M${start[1]} ${start[2]}${/^[-\d.]/.test(rest) ? 'l' : ''}${rest}`;
}

/** @param {[string, Record<string, string>]} node */
function pathData([tag, a]) {
	switch (tag) {
		case 'path':
			return startAbsolute(a['d'] ?? '');
		case 'circle':
			return circle(a);
		case 'ellipse':
			return ellipse(a);
		case 'rect':
			return rect(a);
		case 'line':
			return `M${a['x1']} ${a['y1']}L${a['x2']} ${a['y2']}`;
		case 'polyline':
			return `M${a['points']}`;
		case 'polygon':
			return `M${a['points']}z`;
		default:
			throw new Error(`The icon has a <${tag}>, which this script cannot turn into a path yet.`);
	}
}

const entries = Object.entries(wanted).map(([name, lucide]) => {
	const text = readFileSync(new URL(`${lucide || name}.svelte`, source), 'utf8');
	const data = /const iconData = (.*);/.exec(text)?.[1];
	if (data === undefined) throw new Error(`Lucide has changed how it keeps ${lucide || name}.`);
	return `\t'${name}': '${JSON.parse(data).node.map(pathData).join('')}'`;
});

writeFileSync(
	target,
	`// Written by bin/icons.js from Lucide (ISC licence, https://lucide.dev/license): a 24 × 24 grid, strokes only.\n` +
		`export const icons = {\n${entries.join(',\n')}\n} as const;\n\nexport type IconName = keyof typeof icons;\n`
);
