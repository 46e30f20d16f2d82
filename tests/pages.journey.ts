import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { pagesToSee, themes, visitorOf, widths } from './setup/pages.ts';
import { actFor, signIn } from './setup/visitor.ts';

const portal = inject('portal');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

interface Finding {
	id: string;
	nodes: { target: string[]; failureSummary?: string }[];
}

/** What axe finds, in words short enough to read in a report. */
async function findings(page: Page): Promise<string[]> {
	// evaluate, not a script tag: the content security policy stays as visitors have it.
	const { violations } = await page.evaluate<{ violations: Finding[] }>(
		`${axe}; axe.run(document, { resultTypes: ['violations'] })`
	);
	return violations.flatMap(({ id, nodes }) =>
		nodes.slice(0, 3).map(({ target }) => `${id}: ${target.join(' ')}`)
	);
}

const visitors = [...new Set(pagesToSee.map(visitorOf))];

describe.each(themes)('in %s', (theme) => {
	it.each(visitors)(
		'the pages of %s: axe finds nothing, nothing scrolls sideways, nothing shifts',
		async (visitor) => {
			const pages = pagesToSee.filter((page) => visitorOf(page) === visitor);
			const [{ as, business } = { as: null }] = pages;
			const context = await browser.newContext({
				baseURL: portal.url,
				colorScheme: theme,
				reducedMotion: 'reduce'
			});
			await context.addInitScript(() => {
				const shifts: { shifted: number } = { shifted: 0 };
				Object.assign(window, { shifts });
				new PerformanceObserver((list) => {
					for (const entry of list.getEntries() as (PerformanceEntry & {
						value: number;
						hadRecentInput: boolean;
					})[]) {
						if (!entry.hadRecentInput) shifts.shifted += entry.value;
					}
				}).observe({ type: 'layout-shift', buffered: true });
			});
			const page = await context.newPage();
			if (as) await signIn(page, as);
			if (business) await actFor(page, business);
			const problems: string[] = [];
			for (const { name, path } of pages) {
				for (const width of widths) {
					await page.setViewportSize({ width, height: 800 });
					await page.goto(path);
					await page.evaluate(() => document.fonts.ready);
					const { shifted, wide } = await page.evaluate(() => ({
						shifted: (window as unknown as { shifts: { shifted: number } }).shifts.shifted,
						wide: document.documentElement.scrollWidth - document.documentElement.clientWidth
					}));
					if (shifted > 0) problems.push(`${name} at ${width}: shifts by ${shifted}`);
					if (wide > 0) problems.push(`${name} at ${width}: scrolls sideways by ${wide} px`);
					for (const finding of await findings(page))
						problems.push(`${name} at ${width}: ${finding}`);
				}
				await page.setViewportSize({ width: 320, height: 700 });
				const wide = await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth
				);
				if (wide > 0) problems.push(`${name} at 320: scrolls sideways by ${wide} px`);
			}
			await context.close();
			expect(problems).toEqual([]);
		},
		300_000
	);
});

describe('the weight of home on a first visit', () => {
	it('is at most 100 KB over the wire, of which at most 45 KB JavaScript', async () => {
		const context = await browser.newContext({
			baseURL: portal.url,
			viewport: { width: 360, height: 760 },
			// What a worker answers is not counted as sent; a first visit has none.
			serviceWorkers: 'block'
		});
		const page = await context.newPage();
		await signIn(page, 'wanjiku@mavuno.example');
		// Cookies stay, the cache goes: a first visit of somebody who is signed in.
		const session = await context.newCDPSession(page);
		await session.send('Network.enable');
		await session.send('Network.clearBrowserCache');
		await session.send('Network.setCacheDisabled', { cacheDisabled: true });
		const kinds = new Map<string, string>();
		const weights: Record<string, number> = {};
		let all = 0;
		session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
		session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
			const kind = kinds.get(requestId) ?? 'Other';
			weights[kind] = (weights[kind] ?? 0) + encodedDataLength;
			all += encodedDataLength;
		});
		await page.goto('/');
		await page.waitForTimeout(1_500);
		await context.close();
		console.log(`home over the wire: ${(all / 1000).toFixed(1)} KB`, weights);
		expect(weights['Document']).toBeGreaterThan(1_000);
		expect(all).toBeLessThanOrEqual(100_000);
		expect(weights['Script'] ?? 0).toBeLessThanOrEqual(45_000);
	});
});
