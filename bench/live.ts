import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { evolve, startPortal, type StartedPortal } from '../tests/setup/portal.ts';
import { sessionOf } from '../tests/setup/visitor.ts';
import { benchRedraw, mostWithinASecond, type RedrawFigures } from './redraw.ts';
import { openStream, type OpenStream } from './streams.ts';

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
	/** Pages of one business that draw themselves anew with each event of a stream. */
	redraw: RedrawFigures;
}

const owners = ['wanjiku@mavuno.example', 'amina@pwani.example', 'juma@new.example'];
const business = 'Mavuno Traders Ltd';
/** Who has a page of that business open, each with rights of their own. */
const people = ['wanjiku@mavuno.example', 'otieno@mavuno.example'];

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
		const open: OpenStream[] = [];
		for (let index = 0; index < pages; index++)
			open.push(await openStream(portal, cookies[index % cookies.length] ?? ''));
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
			redraw: await benchRedraw(portal, people, (count) => send(1, count))
		};
	} finally {
		await portal.stop();
	}
}

function sender(
	{ url }: StartedPortal,
	key: string,
	subject: string
): (events: number, count?: number) => Promise<void> {
	let made = 0;
	return async (events, count) => {
		const time = new Date().toISOString();
		const answer = await fetch(`${url}/api/v1/events`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${key}`,
				'content-type': 'application/cloudevents-batch+json'
			},
			body: JSON.stringify(
				Array.from({ length: events }, () => ({
					specversion: '1.0',
					id: `bench-${(made += 1)}-${process.pid}`,
					source: '/bench',
					type: 'com.lixnet.erp.records.counted',
					subject,
					time,
					data: { count: count ?? 4_000 + made }
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
	pages: OpenStream[],
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
