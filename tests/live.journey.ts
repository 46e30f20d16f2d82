import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { evolve, startPortal, type StartedPortal } from './setup/portal.ts';
import { sessionOf, visit } from './setup/visitor.ts';

// A portal of its own: it is restarted.
let portal: StartedPortal;
let first: StartedPortal;
let browser: Browser;
let key: string;
let business: string;

const owner = 'wanjiku@mavuno.example';

beforeAll(async () => {
	[browser, first] = await Promise.all([launchBrowser(), startPortal()]);
	portal = first;
	const { dataDir } = portal;
	key = /evk_\S+/.exec(await evolve(dataDir, 'key', 'create', '--product', 'erp'))?.[0] ?? '';
	business =
		/(biz_\S+)\s+Mavuno Traders Ltd/.exec(await evolve(dataDir, 'business', 'list'))?.[1] ?? '';
});
afterAll(async () => {
	await browser.close();
	if (portal !== first) await portal.stop();
	await first.stop();
});

let sent = 0;
async function countRecords(...counts: number[]): Promise<void> {
	const answer = await fetch(`${portal.url}/api/v1/events`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${key}`,
			'content-type': 'application/cloudevents-batch+json'
		},
		body: JSON.stringify(
			counts.map((count) => ({
				specversion: '1.0',
				id: `live-${(sent += 1)}`,
				source: '/live-journey',
				type: 'com.lixnet.erp.records.counted',
				subject: business,
				time: new Date().toISOString(),
				data: { count }
			}))
		)
	});
	expect(answer.status).toBe(200);
}

const erp = (page: Page) => page.locator('#product-erp');
const shown = (count: number): string => count.toLocaleString('en');

/** As a browser tells a page that another tab lies over it, or that it is seen again. */
async function hide(page: Page, hidden: boolean): Promise<void> {
	await page.evaluate((now) => {
		Object.defineProperty(document, 'hidden', { configurable: true, value: now });
		document.dispatchEvent(new Event('visibilitychange'));
	}, hidden);
}

/** When the page fetched itself anew. */
function watchLooks(page: Page): number[] {
	const looks: number[] = [];
	page.on('request', (request) => {
		if (request.headers()['x-evolve-live']) looks.push(performance.now());
	});
	return looks;
}

describe('an open page with JavaScript', () => {
	it('moves within two seconds of the event, number and chart', async () => {
		const { page, context, close } = await visit(browser, portal, owner);
		const chart = await context.newPage();
		await chart.goto('/usage/live?product=erp');
		const count = 5_101;
		// Each is looked at while it is in front; a page behind another hears nothing until it is seen.
		await page.bringToFront();
		await erp(page).waitFor();
		await countRecords(count);
		await erp(page).getByText(shown(count)).waitFor({ timeout: 2_000 });

		await chart.bringToFront();
		await countRecords(count + 1);
		await chart
			.locator('#live-minutes b')
			.getByText(shown(count + 1))
			.waitFor({ timeout: 2_000 });
		await close();
	});

	it('looks at most once a second in a burst, and ends with its last figure', async () => {
		const { page, close } = await visit(browser, portal, owner);
		await erp(page).waitFor();
		await wait(1_500);
		const looks = watchLooks(page);
		const began = performance.now();
		for (let event = 0; event < 200; event++) {
			await countRecords(6_000 + event);
			await wait(10);
		}
		await erp(page).getByText(shown(6_199)).waitFor({ timeout: 2_500 });
		const seconds = (performance.now() - began) / 1_000;
		expect(looks.length).toBeGreaterThan(1);
		expect(looks.length).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
		for (const [index, look] of looks.slice(1).entries())
			expect(look - (looks[index] ?? 0)).toBeGreaterThan(950);
		await close();
	});

	it('says at most one word a second on the wire, and after an absence one for all that was missed', async () => {
		const cookie = await sessionOf(portal, owner);
		const words = await listen(cookie, async () => {
			for (let event = 0; event < 100; event++) {
				await countRecords(6_500 + event);
				await wait(20);
			}
			await wait(1_500);
		});
		expect(words.length).toBeGreaterThan(1);
		for (const [index, { at }] of words.slice(1).entries())
			expect(at - (words[index]?.at ?? 0)).toBeGreaterThan(950);

		const last = words.at(-1)?.id ?? '';
		for (let event = 0; event < 20; event++) await countRecords(6_700 + event);
		await wait(500);
		const missed = await listen(cookie, () => wait(900), { 'last-event-id': last });
		expect(missed).toHaveLength(1);
		expect(missed[0]?.id).not.toBe(last);
	});

	it('goes on after the server was killed and started again, with what it missed', async () => {
		const { page, close } = await visit(browser, portal, owner);
		await erp(page).waitFor();
		const { dataDir, port } = portal;
		portal.process.kill('SIGKILL');
		await new Promise((resolve) => portal.process.once('exit', resolve));
		portal = await startPortal({}, { dataDir, port });
		await countRecords(7_001);
		await erp(page).getByText(shown(7_001)).waitFor({ timeout: 15_000 });
		// And is live again, not only caught up.
		await wait(1_500);
		await countRecords(7_002);
		await erp(page).getByText(shown(7_002)).waitFor({ timeout: 2_000 });
		await close();
	});

	it('is told when to come back by a server that stops, and catches up with the next', async () => {
		const { page, close } = await visit(browser, portal, owner);
		await erp(page).waitFor();
		const { dataDir, port } = portal;
		const ended = new Promise((resolve) => portal.process.once('exit', resolve));
		const began = performance.now();
		portal.process.kill('SIGTERM');
		await ended;
		// Open streams hold nobody up.
		expect(performance.now() - began).toBeLessThan(9_000);
		portal = await startPortal({}, { dataDir, port });
		await countRecords(7_101);
		await erp(page).getByText(shown(7_101)).waitFor({ timeout: 20_000 });
		await close();
	});

	it('fetches nothing while nobody sees it, and catches up once when it is shown', async () => {
		const { page, close } = await visit(browser, portal, owner);
		await erp(page).waitFor();
		await wait(1_500);
		const looks = watchLooks(page);
		await hide(page, true);
		for (let event = 0; event < 5; event++) {
			await countRecords(7_200 + event);
			await wait(500);
		}
		expect(looks).toEqual([]);
		expect(await erp(page).innerText()).not.toContain(shown(7_204));
		await hide(page, false);
		await erp(page).getByText(shown(7_204)).waitFor({ timeout: 2_000 });
		await wait(1_500);
		expect(looks).toHaveLength(1);
		await close();
	});

	it('says since when it stands still without a network, and catches up when that is back', async () => {
		const { page, context, close } = await visit(browser, portal, owner);
		await erp(page).waitFor();
		await context.setOffline(true);
		await page.locator('[data-offline]').waitFor();
		await countRecords(7_301);
		await context.setOffline(false);
		await erp(page).getByText(shown(7_301)).waitFor({ timeout: 10_000 });
		await page.locator('[data-offline]').waitFor({ state: 'hidden' });
		await close();
	});

	it('leaves room for others: eight tabs of one browser take one stream', async () => {
		const { page, context, close } = await visit(browser, portal, owner);
		const tabs = [page];
		while (tabs.length < 8) {
			const tab = await context.newPage();
			// What a browser does to the tabs behind, which this one shows all at once.
			for (const other of tabs) await hide(other, true);
			// Over HTTP/1.1 a browser has six connections to one place: the seventh stream would take the last.
			await tab.goto('/', { timeout: 5_000 });
			await erp(tab).waitFor({ timeout: 5_000 });
			tabs.push(tab);
		}
		const last = tabs.at(-1) ?? page;
		await countRecords(7_401);
		await erp(last).getByText(shown(7_401)).waitFor({ timeout: 2_000 });
		// The first comes to the front again, and knows what the last does.
		await hide(last, true);
		await hide(page, false);
		await erp(page).getByText(shown(7_401)).waitFor({ timeout: 2_000 });
		await close();
	});

	it('leaves when its person is no longer of the business', async () => {
		const { page, close } = await visit(browser, portal, 'otieno@mavuno.example');
		await erp(page).waitFor();
		const lead = await visit(browser, portal, owner);
		await lead.page.goto('/settings/team');
		await lead.page.getByRole('row').filter({ hasText: 'Otieno Ouma' }).getByRole('link').click();
		await lead.page.getByRole('link', { name: 'Remove' }).click();
		await lead.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
		await lead.page.waitForURL(/done=removed/);
		await lead.close();
		await page.waitForURL(/\/login/, { timeout: 5_000 });
		await close();
	});

	it('leaves when its session ends elsewhere', async () => {
		const { page, context, close } = await visit(browser, portal, owner);
		await erp(page).waitFor();
		await wait(500);
		const other = await context.newPage();
		await other.goto('/logout');
		await Promise.all([
			page.waitForURL(/\/login/, { timeout: 5_000 }),
			other
				.locator('main button[type=submit], form[method=post] button[type=submit]')
				.first()
				.click()
		]);
		await close();
	});
});

describe('an open page without JavaScript', () => {
	it('says of when its figures are, and offers a refresh', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled: false });
		const count = 8_001;
		expect(await page.locator('.refresh').innerText()).toMatch(/Figures of \d\d:\d\d/);
		await countRecords(count);
		expect(await erp(page).innerText()).not.toContain(shown(count));
		await page.getByRole('link', { name: 'Refresh' }).click();
		expect(await erp(page).innerText()).toContain(shown(count));

		await page.goto('/usage?range=live');
		expect(await page.locator('#live-minutes').innerText()).toContain(shown(count));
		await close();
	});
});

interface Word {
	id: string;
	at: number;
}

/** What a stream says while something happens. */
async function listen(
	cookie: string,
	meanwhile: () => Promise<unknown>,
	headers: Record<string, string> = {}
): Promise<Word[]> {
	const end = new AbortController();
	const answer = await fetch(`${portal.url}/live`, {
		headers: { cookie, ...headers },
		signal: end.signal
	});
	expect(answer.headers.get('content-type')).toBe('text/event-stream');
	expect(answer.headers.get('x-accel-buffering')).toBe('no');
	const words: Word[] = [];
	const reading = (async () => {
		for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? [])
			for (const [, id = ''] of chunk.matchAll(/event: changed\nid: (\S+)/g))
				words.push({ id, at: performance.now() });
	})().catch((error: unknown) => {
		if (!end.signal.aborted) throw error;
	});
	await meanwhile();
	end.abort();
	await reading;
	return words;
}
