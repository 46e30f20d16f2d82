import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { launchBrowser } from '../tests/setup/browser.ts';
import { startPortal, type StartedPortal } from '../tests/setup/portal.ts';
import { sessionOf, signIn } from '../tests/setup/visitor.ts';
import { load, toRequest, type Measured } from './load.ts';

export interface HomeFigures {
	/** Nothing has changed since the last drawing: what a reload, a second tab, a colleague's update meets. */
	kept: Measured;
	/** Every request is drawn anew, from the database on. */
	drawn: Measured;
	/** Bytes over the wire on a first visit, all and of scripts. */
	weight: { all: number; script: number };
	/** Bytes of Node's process, at rest. */
	memory: number;
	/** Milliseconds from `npm start` to `ready`, the second time. */
	secondStart: number;
}

const owner = 'wanjiku@mavuno.example';
const connections = 16;

/** What home costs for a signed-in owner: the whole product as an operator starts it, with its story. */
export async function benchHome(
	options: { runs?: number; kept?: number; drawn?: number } = {}
): Promise<HomeFigures> {
	const { runs = 3, kept: keptRequests = 6_000, drawn: drawnRequests = 1_500 } = options;
	const first = await startPortal();
	const { dataDir, port } = first;
	first.process.kill('SIGTERM');
	await new Promise((resolve) => first.process.once('exit', resolve));
	const portal = await startPortal({}, { dataDir, port });
	try {
		// The sample products have said hello, caches are warm, and what the start left behind is collected.
		await wait(20_000);
		const memory = memoryOf(portal);
		const cookie = await sessionOf(portal, owner);
		const kept: Measured[] = [];
		const drawn: Measured[] = [];
		for (let run = 0; run <= runs; run++) {
			const round = {
				kept: await load(portal.url, times(keptRequests, portal, cookie, {}), connections),
				drawn: await load(
					portal.url,
					times(drawnRequests, portal, cookie, { 'cache-control': 'no-cache' }),
					connections
				)
			};
			// The first warms both sides up.
			if (run === 0) continue;
			kept.push(round.kept);
			drawn.push(round.drawn);
		}
		return {
			kept: median(kept),
			drawn: median(drawn),
			weight: await weigh(portal),
			memory,
			secondStart: portal.startedIn
		};
	} finally {
		await portal.stop();
		await first.stop();
	}
}

function times(
	count: number,
	portal: StartedPortal,
	cookie: string,
	headers: Record<string, string>
): Buffer[] {
	const request = toRequest(
		portal.url,
		'/',
		{ cookie, accept: 'text/html', 'accept-encoding': 'gzip, br', ...headers },
		'',
		'GET'
	);
	return Array.from({ length: count }, () => request);
}

function median(measured: Measured[]): Measured {
	const sorted = measured.toSorted((a, b) => a.requests / a.seconds - b.requests / b.seconds);
	const middle = sorted[Math.floor(sorted.length / 2)];
	if (!middle) throw new Error('Nothing was measured.');
	return middle;
}

/** The portal's own process: the child of what `npm start` runs. */
function memoryOf({ process: { pid } }: StartedPortal): number {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/);
	const resident = children.map((child) =>
		Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0)
	);
	return Math.max(...resident) * 1024;
}

async function weigh(portal: StartedPortal): Promise<HomeFigures['weight']> {
	const browser = await launchBrowser();
	try {
		const context = await browser.newContext({
			baseURL: portal.url,
			viewport: { width: 360, height: 760 },
			// What a worker answers is not counted as sent; a first visit has none.
			serviceWorkers: 'block'
		});
		const page = await context.newPage();
		await signIn(page, owner);
		const session = await context.newCDPSession(page);
		await session.send('Network.enable');
		await session.send('Network.setCacheDisabled', { cacheDisabled: true });
		const scripts = new Set<string>();
		const weight = { all: 0, script: 0 };
		session.on('Network.responseReceived', ({ requestId, type }) => {
			if (type === 'Script') scripts.add(requestId);
		});
		session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
			weight.all += encodedDataLength;
			if (scripts.has(requestId)) weight.script += encodedDataLength;
		});
		await page.goto('/');
		await wait(1_500);
		return weight;
	} finally {
		await browser.close();
	}
}
