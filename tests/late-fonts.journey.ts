import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { pagesToSee } from './setup/pages.ts';
import { readShifts, watchShifts } from './setup/shifts.ts';
import { visit } from './setup/visitor.ts';

const portal = inject('portal');
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

/** What a slow network makes of a font: longer than anybody waits for the first words. */
const lateMs = 2_000;
/** Where a line that grows or shrinks a little soonest breaks elsewhere. */
const width = 768;
const typical = ['home', 'usage', 'billing', 'product', 'second-factor'];

it('nothing shifts when the fonts come two seconds late', async () => {
	const { context, page, close } = await visit(browser, portal, 'wanjiku@mavuno.example', {
		reducedMotion: 'reduce',
		// It would answer with the fonts of the page before.
		serviceWorkers: 'block'
	});
	await watchShifts(context);
	const problems: string[] = [];
	let late = 0;
	for (const { name, path } of pagesToSee.filter((each) => typical.includes(each.name))) {
		// A page of its own, with nothing in memory.
		const fresh = await context.newPage();
		const session = await context.newCDPSession(fresh);
		await session.send('Network.clearBrowserCache');
		await fresh.route(/\.woff2$/, async (route) => {
			await new Promise((resolve) => setTimeout(resolve, lateMs));
			late += 1;
			await route.continue().catch(() => undefined);
		});
		await fresh.setViewportSize({ width, height: 800 });
		await fresh.goto(path);
		await fresh.waitForTimeout(lateMs + 300);
		const shifted = await readShifts(fresh);
		if (shifted > 0) problems.push(`${name}: shifts by ${shifted}`);
		await fresh.close();
	}
	await page.close();
	await close();
	expect(late).toBeGreaterThan(0);
	expect(problems).toEqual([]);
});
