import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { addressOf, pagesToSee, themes, visitorOf, widths } from './setup/pages.ts';
import { readShifts, watchShifts } from './setup/shifts.ts';
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

/** The rules of axe that look at colours. All others look at what a change of colours leaves as it is. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** What axe finds, in words short enough to read in a report. */
async function findings(page: Page, rules?: string[]): Promise<string[]> {
	const options = {
		resultTypes: ['violations'],
		...(rules ? { runOnly: { type: 'rule', values: rules } } : {})
	};
	// evaluate, not a script tag: the content security policy stays as visitors have it.
	const { violations } = await page.evaluate<{ violations: Finding[] }>(
		`${axe}; axe.run(document, ${JSON.stringify(options)})`
	);
	return violations.flatMap(({ id, nodes }) =>
		nodes.slice(0, 3).map(({ target }) => `${id}: ${target.join(' ')}`)
	);
}

const sideways = (page: Page): Promise<number> =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const visitors = [...new Set(pagesToSee.map(visitorOf))];
const [firstTheme, ...otherThemes] = themes;

it.each(visitors)(
	'the pages of %s: axe finds nothing, in all colours, nothing scrolls sideways, nothing shifts',
	async (visitor) => {
		const pages = pagesToSee.filter((page) => visitorOf(page) === visitor);
		const [{ as, business } = { as: null }] = pages;
		const context = await browser.newContext({
			baseURL: portal.url,
			colorScheme: firstTheme,
			reducedMotion: 'reduce'
		});
		await watchShifts(context);
		const page = await context.newPage();
		if (as) await signIn(page, as);
		if (business) await actFor(page, business);
		const problems: string[] = [];
		for (const seen of pages) {
			const { name } = seen;
			const path = await addressOf(page, seen);
			for (const width of widths) {
				await page.emulateMedia({ colorScheme: firstTheme });
				await page.setViewportSize({ width, height: 800 });
				await page.goto(path);
				await page.evaluate(() => document.fonts.ready);
				const at = `${name} at ${width}`;
				const shifted = await readShifts(page);
				if (shifted > 0) problems.push(`${at}: shifts by ${shifted}`);
				const wide = await sideways(page);
				if (wide > 0) problems.push(`${at}: scrolls sideways by ${wide} px`);
				for (const finding of await findings(page)) problems.push(`${at}: ${finding}`);
				for (const theme of otherThemes) {
					const ground = await groundOf(page);
					await page.emulateMedia({ colorScheme: theme });
					if (ground === (await groundOf(page)))
						problems.push(`${at}: looks the same in ${theme} as in ${firstTheme}`);
					for (const finding of await findings(page, ofColours))
						problems.push(`${at} in ${theme}: ${finding}`);
				}
			}
			await page.setViewportSize({ width: 320, height: 700 });
			const wide = await sideways(page);
			if (wide > 0) problems.push(`${name} at 320: scrolls sideways by ${wide} px`);
		}
		await context.close();
		expect(problems).toEqual([]);
	},
	600_000
);

/** The colour behind a page: that its theme has changed at all. */
function groundOf(page: Page): Promise<string> {
	return page.evaluate(
		() =>
			getComputedStyle(document.documentElement).backgroundColor +
			getComputedStyle(document.body).backgroundColor
	);
}

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
