import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { evolve, startPortal, type StartedPortal } from '../tests/setup/portal.ts';
import { sessionOf } from '../tests/setup/visitor.ts';

export interface LiveFigures {
	/** Open pages that the figures are of. */
	pages: number;
	/** Bytes of the portal's process that they cost, and that it takes with them. */
	cost: number;
	memory: number;
	/** Milliseconds from sending an event to the word on a page, one event at a time. */
	word: { p50: number; p99: number };
	burst: {
		events: number;
		seconds: number;
		/** The most words that any page got within one second. */
		mostASecond: number;
		/** Words a page and second, on the average. */
		wordsASecond: number;
		/** Of one processor. */
		load: number;
	};
	/** Pages of one business that draw themselves anew during a burst, each in a session of its own. */
	redraw: { pages: number; sessions: number; p50: number; p99: number; perSecond: number };
}

const owners = ['wanjiku@mavuno.example', 'amina@pwani.example', 'juma@new.example'];
const business = 'Mavuno Traders Ltd';
/** A page that is told to look fetches itself again. */
const redrawing = { pages: 200, sessions: 40 };

/** A thousand open pages of several businesses at a whole portal, and what a burst of events costs them. */
export async function benchLive(pages = 1_000): Promise<LiveFigures> {
	const portal = await startPortal();
	try {
		const key = /evk_\S+/.exec(
			await evolve(portal.dataDir, 'key', 'create', '--product', 'erp')
		)?.[0];
		const id = new RegExp(`(biz_\\S+)\\s+${business}`).exec(
			await evolve(portal.dataDir, 'business', 'list')
		)?.[1];
		if (!key || !id) throw new Error('The story has no such business.');
		const send = sender(portal, key, id);
		const cookies = await Promise.all(owners.map((owner) => sessionOf(portal, owner)));

		// Caches are warm, and the sample products have said hello.
		for (const cookie of cookies) await (await fetch(portal.url, { headers: { cookie } })).text();
		await wait(15_000);
		const before = processOf(portal);
		const open: Page[] = [];
		for (let index = 0; index < pages; index++)
			open.push(await openPage(portal, cookies[index % cookies.length] ?? ''));
		await wait(3_000);
		const after = processOf(portal);
		const own = open.filter((_, index) => index % cookies.length === 0);

		const delays: number[] = [];
		for (let round = 0; round < 5; round++) {
			await wait(1_200);
			const sent = performance.now();
			for (const page of own) page.words.length = 0;
			await send(1);
			await wait(1_000);
			for (const { words } of own) delays.push((words[0] ?? Infinity) - sent);
		}
		const burst = await burstOf(portal, own, send);
		for (const { socket } of open) socket.destroy();
		await wait(500);
		return {
			pages,
			cost: after.memory - before.memory,
			memory: after.memory,
			word: quantiles(delays),
			burst,
			redraw: await redraw(portal, send)
		};
	} finally {
		await portal.stop();
	}
}

interface Page {
	socket: Socket;
	/** When it was told to look. */
	words: number[];
}

function openPage(
	portal: StartedPortal,
	cookie: string,
	told: () => void = () => undefined
): Promise<Page> {
	return new Promise((resolve, reject) => {
		const page: Page = { socket: connect({ port: portal.port, host: 'localhost' }), words: [] };
		let head = '';
		page.socket.once('error', reject).on('data', (chunk) => {
			const text = chunk.toString('latin1');
			if (!head.includes('\r\n\r\n')) {
				head += text;
				if (!head.includes('\r\n\r\n')) return;
				if (head.startsWith('HTTP/1.1 200')) resolve(page);
				else reject(new Error(head));
			}
			if (!text.includes('event: changed')) return;
			page.words.push(performance.now());
			told();
		});
		page.socket.write(
			`GET /live HTTP/1.1\r\nhost: localhost:${portal.port}\r\ncookie: ${cookie}\r\naccept: text/event-stream\r\naccept-encoding: gzip\r\n\r\n`
		);
	});
}

function sender(
	{ url }: StartedPortal,
	key: string,
	subject: string
): (count: number) => Promise<void> {
	let made = 0;
	return async (count) => {
		const time = new Date().toISOString();
		const answer = await fetch(`${url}/api/v1/events`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${key}`,
				'content-type': 'application/cloudevents-batch+json'
			},
			body: JSON.stringify(
				Array.from({ length: count }, () => ({
					specversion: '1.0',
					id: `bench-${(made += 1)}-${process.pid}`,
					source: '/bench',
					type: 'com.lixnet.erp.records.counted',
					subject,
					time,
					data: { count: 4_000 + made }
				}))
			)
		});
		if (!answer.ok) throw new Error(await answer.text());
		await answer.body?.cancel();
	};
}

const burstSeconds = 10;

async function burstOf(
	portal: StartedPortal,
	pages: Page[],
	send: (count: number) => Promise<void>
): Promise<LiveFigures['burst']> {
	await wait(1_500);
	for (const page of pages) page.words.length = 0;
	const begin = processOf(portal);
	const start = performance.now();
	let events = 0;
	while (performance.now() - start < burstSeconds * 1_000) {
		await send(10);
		events += 10;
		await wait(20);
	}
	const seconds = (performance.now() - start) / 1_000;
	const end = processOf(portal);
	return {
		events,
		seconds,
		mostASecond: Math.max(...pages.map(({ words }) => mostWithinASecond(words))),
		wordsASecond: pages.reduce((sum, { words }) => sum + words.length, 0) / pages.length / seconds,
		load: (end.cpu - begin.cpu) / seconds
	};
}

/** Less a hundredth, since two ends of a connection do not read the same clock at the same moment. */
function mostWithinASecond(words: number[]): number {
	return Math.max(
		0,
		...words.map((from) => words.filter((at) => at >= from && at < from + 990).length)
	);
}

async function redraw(
	portal: StartedPortal,
	send: (count: number) => Promise<void>
): Promise<LiveFigures['redraw']> {
	const cookies: string[] = [];
	for (let index = 0; index < redrawing.sessions; index++)
		cookies.push(await sessionOf(portal, owners[0] ?? ''));
	const shown: number[] = [];
	let sentAt = 0;
	const looks = new Set<Promise<void>>();
	const open: Page[] = [];
	for (let index = 0; index < redrawing.pages; index++) {
		const cookie = cookies[index % cookies.length] ?? '';
		let changedAt = 0;
		open.push(
			await openPage(portal, cookie, () => {
				changedAt = sentAt;
				const look = fetch(`${portal.url}/`, {
					headers: { cookie, 'x-evolve-live': '1', accept: 'text/html' }
				})
					.then((answer) => answer.text())
					.then(() => void shown.push(performance.now() - changedAt));
				looks.add(look);
				void look.finally(() => looks.delete(look));
			})
		);
	}
	// One event every three seconds: from each to the last page that shows it.
	const rounds = 5;
	let seconds = 0;
	for (let round = 0; round < rounds; round++) {
		sentAt = performance.now();
		const want = shown.length + redrawing.pages;
		await send(1);
		while (shown.length < want && performance.now() - sentAt < 6_000) await wait(10);
		seconds += (performance.now() - sentAt) / 1_000;
		await wait(1_200);
	}
	await Promise.all(looks);
	for (const { socket } of open) socket.destroy();
	return { ...redrawing, ...quantiles(shown), perSecond: shown.length / seconds };
}

function quantiles(values: number[]): { p50: number; p99: number } {
	const sorted = values.toSorted((a, b) => a - b);
	const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
	return { p50: at(0.5), p99: at(0.99) };
}

/** Bytes that the portal's own process takes, and the seconds of processor that it has used. */
function processOf({ process: { pid } }: StartedPortal): { memory: number; cpu: number } {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/);
	const measured = children.map((child) => {
		const fields = readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
		return {
			memory: 1024 * memoryIn(readFileSync(`/proc/${child}/status`, 'utf8')),
			// Ticks of a hundredth of a second.
			cpu: (Number(fields[11]) + Number(fields[12])) / 100
		};
	});
	return measured.reduce((most, one) => (one.memory > most.memory ? one : most));
}

function memoryIn(status: string): number {
	return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
}
