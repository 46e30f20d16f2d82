import { setTimeout as wait } from 'node:timers/promises';
import { createBrowser, type Browser } from '../src/oidc/testing/browser.ts';
import { startPortal } from '../tests/setup/portal.ts';
import { sessionOf } from '../tests/setup/visitor.ts';

export interface LaunchFigures {
	launches: number;
	/** Milliseconds from the click to the product's page. */
	whole: { p50: number; p99: number };
	/** The median of each step, in the order of the way. */
	hops: { name: string; p50: number }[];
}

/** The way of a browser from a card to a page of the product; each step answers with where to go next. */
const hops = [
	'portal: launch',
	'product: its login address',
	'portal: authorization',
	'product: callback, with the exchange of the code',
	'product: its page'
];

/** A session may sign in to a product ten times in half a minute: then it would be stopped as a loop. */
const launchesPerSession = 8;

const owner = 'wanjiku@mavuno.example';

/** One launch after another of the whole product as an operator starts it, with its story, on loopback. */
export async function benchLaunch(
	options: { launches?: number; warmUp?: number } = {}
): Promise<LaunchFigures> {
	const { launches = 200, warmUp = 24 } = options;
	const portal = await startPortal();
	try {
		// The sample products have said hello.
		await wait(10_000);
		const taken: number[][] = [];
		let browser: Browser | undefined;
		for (let round = -warmUp; round < launches; round++) {
			if (!browser || round % launchesPerSession === 0) {
				browser = createBrowser();
				const [name = '', value = ''] = (await sessionOf(portal, owner)).split('=');
				browser.cookies.set(name, { value, path: '/' });
			}
			const times = await launch(browser, portal.url);
			if (round >= 0) taken.push(times);
		}
		const wholes = taken.map((times) => times.reduce((sum, time) => sum + time, 0));
		return {
			launches,
			whole: { p50: quantile(wholes, 0.5), p99: quantile(wholes, 0.99) },
			hops: hops.map((name, hop) => ({
				name,
				p50: quantile(
					taken.map((times) => times[hop] ?? 0),
					0.5
				)
			}))
		};
	} finally {
		await portal.stop();
	}
}

/** Milliseconds of each step. @throws Error when the way is another than it should be */
async function launch(browser: Browser, origin: string): Promise<number[]> {
	const times: number[] = [];
	let address = `${origin}/launch/erp`;
	for (const hop of hops) {
		const began = performance.now();
		const response = await browser.ask(
			address,
			times.length === 0
				? { method: 'POST', headers: { origin }, body: new URLSearchParams() }
				: undefined
		);
		await response.arrayBuffer();
		times.push(performance.now() - began);
		const last = times.length === hops.length;
		const location = response.headers.get('location');
		if (last ? response.status !== 200 : location === null)
			throw new Error(`${hop}: ${response.status} ${location ?? ''} from ${address}`);
		address = new URL(location ?? '', address).href;
	}
	return times;
}

function quantile(values: number[], part: number): number {
	return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0;
}
