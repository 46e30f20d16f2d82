import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext } from 'playwright-core';
import { launchBrowser } from './setup/browser.ts';
import { addressOf, pagesToSee, themes, visitorOf, widths } from './setup/pages.ts';
import { startPortal } from './setup/portal.ts';
import { actFor, signIn } from './setup/visitor.ts';

// npm run screenshots [-- name …]: every page, by width and theme, into screenshots/ (not in git).

const folder = fileURLToPath(new URL('../screenshots', import.meta.url));
const wanted = process.argv.slice(2);
const pages = pagesToSee.filter(
	({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word))
);

if (wanted.length === 0) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const portal = await startPortal();
const browser = await launchBrowser();
const contexts = new Map<string, BrowserContext>();
try {
	for (const theme of themes) {
		for (const seen of pages) {
			const { name, as, business } = seen;
			const who = `${visitorOf(seen) ?? 'nobody'} ${theme}`;
			let context = contexts.get(who);
			if (!context) {
				context = await browser.newContext({
					baseURL: portal.url,
					colorScheme: theme,
					reducedMotion: 'reduce',
					deviceScaleFactor: 1
				});
				contexts.set(who, context);
				if (as) {
					const page = await context.newPage();
					await signIn(page, as);
					if (business) await actFor(page, business);
					await page.close();
				}
			}
			const page = await context.newPage();
			const address = await addressOf(page, seen);
			for (const width of widths) {
				await page.setViewportSize({ width, height: width < 700 ? 760 : 900 });
				await page.goto(address);
				await page.evaluate(() => document.fonts.ready);
				await page.screenshot({
					path: path.join(folder, `${name}-${width}-${theme}.png`),
					fullPage: true
				});
			}
			await page.close();
			console.log(`${name} ${theme}`);
		}
	}
} finally {
	await browser.close();
	await portal.stop();
}
