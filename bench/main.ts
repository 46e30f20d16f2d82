import { cpus, totalmem } from 'node:os';
import { benchActivity } from './activity.ts';
import { benchClose } from './close.ts';
import { benchGrowth } from './growth.ts';
import { benchHome } from './home.ts';
import { benchIngest } from './ingest.ts';
import { benchLaunch } from './launch.ts';
import { benchLive } from './live.ts';
import { benchPaper } from './paper.ts';

// npm run bench [-- home | ingest | launch | live | growth | activity | paper | close]: figures beside their ceilings. Machines differ and are noisy: what
// holds from one to another are the ratios, all taken in one run; each figure is the median of three.

interface Line {
	what: string;
	figure: string;
	ceiling: string;
	holds: boolean | null;
}

const wanted = process.argv.slice(2);
const runs = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const lines: Line[] = [];

const at = (
	what: string,
	value: number,
	unit: string,
	bound: { least?: number; most?: number } = {}
): void => {
	const { least, most } = bound;
	lines.push({
		what,
		figure: `${value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)} ${unit}`,
		ceiling:
			least !== undefined
				? `at least ${least.toLocaleString('en')}`
				: most !== undefined
					? `at most ${most.toLocaleString('en')}`
					: '',
		holds: least !== undefined ? value >= least : most !== undefined ? value <= most : null
	});
};

console.log(
	`${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n`
);

if (runs('home')) {
	const home = await benchHome();
	at(
		'home, nothing changed since it was drawn',
		home.kept.requests / home.kept.seconds,
		'requests/s',
		{ least: 700 }
	);
	at('  p99 at 16 connections', home.kept.p99, 'ms');
	at('home, drawn anew each time', home.drawn.requests / home.drawn.seconds, 'requests/s');
	at('  p99 at 16 connections', home.drawn.p99, 'ms');
	at('home over the wire, first visit', home.weight.all / 1000, 'KB', { most: 100 });
	at('  of which JavaScript', home.weight.script / 1000, 'KB', { most: 45 });
	at('memory at rest, Node', home.memory / 2 ** 20, 'MB', { most: 150 });
	at('started again, ready after', home.secondStart / 1000, 's', { most: 3 });
}
if (runs('ingest')) {
	const ingest = await benchIngest();
	at('events, batches of 100, 8 connections', ingest.batched, 'events/s', { least: 20_000 });
	at('  p99 to the answer', ingest.batchedP99, 'ms');
	at('events one at a time, 16 connections', ingest.single, 'requests/s', { least: 4_000 });
	at('  p99 to the answer', ingest.singleP99, 'ms');
	at('raw COPY, same columns and batches', ingest.copied, 'rows/s');
	at('raw COPY, all at once', ingest.copiedAtOnce, 'rows/s');
	// Held against the COPY that makes the same promise: every batch on disk before it is acknowledged.
	at('events to raw COPY in the same batches', ingest.ratio, '', { least: 0.35 });
	at('events to raw COPY at once', ingest.ratioAtOnce, '');
	const { overload } = ingest;
	const answers = overload.taken + overload.turnedAway;
	at(
		`overload, 300 connections: answered with 429, of ${answers.toLocaleString('en')}`,
		(100 * overload.turnedAway) / answers,
		'%'
	);
	at('  p99 to an answer of either kind', overload.p99, 'ms', { most: 2_000 });
	at('  longest', overload.longest, 'ms');
	at('  acknowledged and not kept or not counted', overload.lost, 'events', { most: 0 });
	at('  memory, grown by at its highest', overload.grown / 2 ** 20, 'MB', { most: 250 });
}
if (runs('launch')) {
	const { launches, whole, hops } = await benchLaunch();
	at(`launch, from the click to the product’s page (${launches})`, whole.p50, 'ms', { most: 300 });
	at('  p99', whole.p99, 'ms');
	for (const { name, p50 } of hops)
		at(`  ${name}, ${Math.round((100 * p50) / whole.p50)} %`, p50, 'ms');
}
if (runs('live')) {
	const { pages, cost, memory, word, burst, redraw } = await benchLive();
	at(`${pages} open pages, memory that they cost`, cost / 2 ** 20, 'MB', { most: 200 });
	at('  memory with them, Node', memory / 2 ** 20, 'MB');
	at('  an event to the word on its pages, p50', word.p50, 'ms');
	at('  p99', word.p99, 'ms', { most: 1_000 });
	at(`burst of ${burst.events} events, words to a page in any second`, burst.mostASecond, '', {
		most: 1
	});
	at('  words to a page a second, on the average', burst.wordsASecond, '');
	at('  processor, of one', burst.load * 100, '%', { most: 100 });
	at(
		`an event a second to ${redraw.pages} redrawn pages in ${redraw.sessions} sessions, p50`,
		redraw.p50,
		'ms'
	);
	at('  p99', redraw.p99, 'ms', { most: 2_000 });
	at(`  of ${redraw.events} events, not shown by a page at the end`, redraw.missed, '', {
		most: 0
	});
	at('  words to a page in any second', redraw.mostASecond, '', { most: 1 });
	at('  redrawn', redraw.perSecond, 'pages/s');
}
if (runs('paper')) {
	const paper = await benchPaper();
	at('invoices of five lines as PDF, 16 at a time', paper.perSecond, 'PDFs/s', { least: 100 });
	at('  the first, with fonts and compiler', paper.first, 'ms');
	at('  requests held up, at most', paper.held, 'ms', { most: 50 });
	at('  one of them', paper.bytes / 1_000, 'KB');
}
if (runs('close')) {
	const close = await benchClose();
	at(
		`${close.subscriptions.toLocaleString('en')} subscriptions with five meters closed: ${close.invoices.toLocaleString('en')} invoices, ${close.lines.toLocaleString('en')} lines`,
		close.seconds,
		's',
		{ most: 60 }
	);
	for (const { step, percent } of close.shares) at(`  ${step}`, percent, '%');
	at('  the month after, with a look at what came late', close.later.seconds, 's', { most: 60 });
	at('  invoices that the ledger does not have so, and gaps in numbers', close.wrong, '', {
		most: 0
	});
	at('  a look around when nothing is due', close.idle, 'ms', { most: 50 });
	at('  building them', close.built, 's');
}
// Asked for by name only: it builds ten million events.
if (wanted.includes('growth')) {
	const { queries, page, sizes, built } = await benchGrowth();
	for (const { name, small, large, ratio } of queries)
		at(
			`${name}: ${small.toFixed(2)} ms, then ${large.toFixed(2)} ms`,
			ratio,
			'times',
			// Events are listed and traced for the API and for support, never for the page.
			name.startsWith('events') ? {} : { most: 1.3 }
		);
	at(
		`the page’s queries together: ${page.small.toFixed(2)} ms, then ${page.large.toFixed(2)} ms`,
		page.ratio,
		'times',
		{ most: 1.3 }
	);
	for (const { table, small, large } of sizes)
		at(`size of ${table}: ${small.toFixed(1)} MB, then`, large, 'MB');
	at('building ten thousand events', built.small, 's');
	at('building ten million events', built.large, 's');
}
// Likewise: it builds ten million entries, which takes minutes and ten gigabytes.
if (wanted.includes('activity')) {
	const { questions, download, indexes, logged, built, rows } = await benchActivity();
	for (const { name, few, many } of questions)
		at(
			`activity, ${name}: ${few.ms.toFixed(2)} ms, then ${many.ms.toFixed(2)} ms and ${many.looked} entries looked at`,
			many.ms / few.ms,
			'times'
		);
	at(`download of ${download.rows.toLocaleString('en')} entries`, download.seconds, 's');
	at('  memory, grown by at its highest', download.grown / 2 ** 20, 'MB', { most: 200 });
	at('an entry in the write-ahead log', logged, 'bytes');
	for (const { name, logged: its } of indexes)
		at(`  of which ${name.replace('activity.', '')}`, its, 'bytes');
	at(`building ${rows.many.toLocaleString('en')} entries`, built, 's');
}

const widths = [
	Math.max(...lines.map(({ what }) => what.length)),
	Math.max(...lines.map(({ figure }) => figure.length))
] as const;
for (const { what, figure, ceiling, holds } of lines) {
	const verdict = holds === null ? '' : holds ? 'holds' : 'FALLS SHORT';
	console.log(
		`${what.padEnd(widths[0])}  ${figure.padStart(widths[1])}  ${ceiling.padEnd(16)}  ${verdict}`.trimEnd()
	);
}
