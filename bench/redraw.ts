import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { StartedPortal } from '../tests/setup/portal.ts';
import { sessionOf } from '../tests/setup/visitor.ts';
import { openStream, type OpenStream } from './streams.ts';

export interface RedrawFigures {
	pages: number;
	sessions: number;
	/** An event each second. */
	events: number;
	/** Milliseconds from sending an event to the page that shows it, of each event on each page. */
	p50: number;
	p99: number;
	/** Of an event and a page that did not show it, or a later one, until the end. */
	missed: number;
	/** The most words that any page got within one second. */
	mostASecond: number;
	/** Of those that were fetched. */
	perSecond: number;
}

const pages = 200;
const sessions = 40;
const seconds = 30;
/** Stands on the page as 900,001 and so on, where nothing else does. */
const first = 900_000;
const unpack = promisify(gunzip);

/**
 * Pages of one business, in sessions of several people of different rights, that draw themselves anew with every
 * event of a stream of them, as a browser does: once at a time, and again if told meanwhile.
 */
export async function benchRedraw(
	portal: StartedPortal,
	people: readonly string[],
	send: (count: number) => Promise<void>
): Promise<RedrawFigures> {
	const cookies = await Promise.all(
		Array.from({ length: sessions }, (_, index) =>
			sessionOf(portal, people[index % people.length] ?? '')
		)
	);
	const agent = new Agent({ keepAlive: true });
	const sentAt: number[] = [];
	const delays: number[] = [];
	let drawn = 0;
	const open = await Promise.all(
		Array.from({ length: pages }, (_, index) =>
			openPage(cookies[index % cookies.length] ?? '', index)
		)
	);
	await wait(3_000);

	const began = performance.now();
	for (let event = 0; event < seconds; event++) {
		await wait(Math.max(0, began + event * 1_000 - performance.now()));
		sentAt.push(performance.now());
		await send(first + event);
	}
	await wait(4_000);
	const shown = open.map((page) => page.shown());
	for (const page of open) page.stream.socket.destroy();
	agent.destroy();
	const sorted = delays.toSorted((a, b) => a - b);
	const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
	return {
		pages,
		sessions,
		events: sentAt.length,
		p50: at(0.5),
		p99: at(0.99),
		missed: shown.reduce((sum, count) => sum + sentAt.length - count, 0),
		mostASecond: Math.max(...open.map(({ stream }) => mostWithinASecond(stream.words))),
		perSecond: drawn / seconds
	};

	async function openPage(
		cookie: string,
		index: number
	): Promise<{ stream: OpenStream; shown: () => number }> {
		let shown = 0;
		let etag = '';
		let looking = false;
		let again = false;
		const look = async (): Promise<void> => {
			if (looking) {
				again = true;
				return;
			}
			looking = true;
			do {
				again = false;
				const { html, tag } = await fetchPage(portal, agent, cookie, etag);
				etag = tag;
				drawn += 1;
				const now = performance.now();
				const newest = Math.max(0, ...(html.match(/\b900,\d{3}\b/g) ?? []).map(countOf));
				for (; shown < newest; shown++) delays.push(now - (sentAt[shown] ?? now));
			} while (again);
			looking = false;
		};
		// Not all in the same moment.
		await wait(index * 5);
		const stream = await openStream(portal, cookie, () => void look());
		return { stream, shown: () => shown };
	}
}

/** How many of the events a figure stands for. */
const countOf = (figure: string): number => Number(figure.replace(',', '')) - first + 1;

function fetchPage(
	{ port }: StartedPortal,
	agent: Agent,
	cookie: string,
	etag: string
): Promise<{ html: string; tag: string }> {
	return new Promise((resolve, reject) => {
		const headers = {
			cookie,
			accept: 'text/html',
			'accept-encoding': 'gzip',
			'x-evolve-live': '1',
			...(etag ? { 'if-none-match': etag } : {})
		};
		get({ host: 'localhost', port, path: '/', agent, headers }, (answer) => {
			const chunks: Buffer[] = [];
			answer.on('data', (chunk: Buffer) => chunks.push(chunk));
			answer.once('error', reject);
			answer.once('end', () => {
				const tag = answer.headers.etag ?? '';
				if (answer.statusCode === 304) resolve({ html: '', tag });
				else if (answer.statusCode !== 200)
					reject(new Error(`A page was answered with ${answer.statusCode}.`));
				else
					unpack(Buffer.concat(chunks)).then(
						(html) => resolve({ html: html.toString(), tag }),
						reject
					);
			});
		}).once('error', reject);
	});
}

/** Less a hundredth, since two ends of a connection do not read the same clock at the same moment. */
export function mostWithinASecond(words: number[]): number {
	return Math.max(
		0,
		...words.map((from) => words.filter((at) => at >= from && at < from + 990).length)
	);
}
