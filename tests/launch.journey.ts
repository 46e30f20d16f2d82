import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { demoPassword } from '../seeds/accounts.ts';
import { launchBrowser } from './setup/browser.ts';
import { visit } from './setup/visitor.ts';

const portal = inject('portal');
const origins = {
	erp: `http://localhost:${portal.port + 1}`,
	sacco: `http://localhost:${portal.port + 2}`,
	payroll: `http://localhost:${portal.port + 3}`
};
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

/** The process that serves a product: the one whose settings name its port. */
function processOf(origin: string): number {
	const settings = `PORT=${new URL(origin).port}`;
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
			const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
			if (
				command.includes('examples/products/main.ts') &&
				environment.split('\0').includes(settings)
			)
				return Number(pid);
		} catch {
			// Ended while we looked, or not ours to look at.
		}
	}
	throw new Error(`Nothing serves ${origin}.`);
}

/** What axe finds on pages of the portal and of the products; their content security policies stay. */
async function findings(page: Page): Promise<string[]> {
	const { violations } = await page.evaluate<{
		violations: { id: string; nodes: { target: string[] }[] }[];
	}>(`${axe}; axe.run(document, { resultTypes: ['violations'] })`);
	return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ') ?? ''}`);
}

const launch = (page: Page, product: string) =>
	page.getByRole('button', { name: `Launch ${product}` }).click();

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('$how', ({ javaScriptEnabled }) => {
	it('a product that does not answer is said to be silent, and opens once it answers again', async () => {
		const { page, close } = await visit(browser, portal, 'wanjiku@mavuno.example', {
			javaScriptEnabled
		});
		const pid = processOf(origins.sacco);
		// A launch of the seconds before has heard it answer: that is over by now.
		await page.waitForTimeout(5_500);
		process.kill(pid, 'SIGSTOP');
		try {
			await page.goto('/launch/sacco');
			const asked = page.waitForResponse((response) => response.request().method() === 'POST');
			await launch(page, 'SACCO');
			expect((await asked).status()).toBe(503);
			await page.getByRole('heading', { name: 'SACCO does not answer' }).waitFor();
			if (javaScriptEnabled) expect(await findings(page)).toEqual([]);
			const ticket = new URL(
				(await page.getByRole('link', { name: 'Tell support' }).getAttribute('href')) ?? '',
				portal.url
			);
			expect(ticket.pathname).toBe('/support/new');
			expect(ticket.searchParams.get('product')).toBe('sacco');
			expect(ticket.searchParams.get('subject')).toBe('SACCO does not answer');
		} finally {
			process.kill(pid, 'SIGCONT');
		}
		await page.waitForTimeout(1_200);
		await page.getByRole('button', { name: 'Try again' }).click();
		await page.waitForURL((url) => url.origin === origins.sacco);
		expect(await page.locator('body').innerText()).toContain('Mavuno Traders Ltd');
		await close();
	});

	it('somebody who opens a product from its own side signs in on the way, and comes out where they wanted', async () => {
		const context = await browser.newContext({ javaScriptEnabled });
		const page = await context.newPage();
		await page.goto(`${origins.erp}/purchases/orders`);
		expect(new URL(page.url()).origin).toBe(portal.url);
		await page.getByLabel('E-mail').fill('otieno@mavuno.example');
		await page.locator('input[name=password]').fill(demoPassword);
		await page.locator('main form button[type=submit]').first().click();
		await page.waitForURL(`${origins.erp}/purchases/orders`);
		await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
		expect(await page.locator('header').innerText()).toContain('Mavuno Traders Ltd');
		if (javaScriptEnabled) expect(await findings(page)).toEqual([]);
		await context.close();
	});

	it('without access, a page of the portal says whom to ask, and the product is told once', async () => {
		const { page, close } = await visit(browser, portal, 'otieno@mavuno.example', {
			javaScriptEnabled
		});
		const answer = await page.goto(`${origins.payroll}/employees`);
		expect(answer?.status()).toBe(403);
		expect(new URL(page.url()).pathname).toBe('/launch/payroll');
		expect(await page.locator('main').innerText()).toContain('Ask Wanjiku Kamau');
		if (javaScriptEnabled) expect(await findings(page)).toEqual([]);
		await page.getByRole('button', { name: 'Back to the product' }).click();
		await page.waitForURL((url) => url.origin === origins.payroll);
		await page.getByRole('heading', { name: 'No access' }).waitFor();
		// No loop: it stays there.
		await page.waitForTimeout(500);
		expect(new URL(page.url()).origin).toBe(origins.payroll);
		await close();
	});

	it('what is done in a product is on home, and signing out of the product can mean everything', async () => {
		const { page, close } = await visit(browser, portal, 'wanjiku@mavuno.example', {
			javaScriptEnabled
		});
		await page.goto('/launch/sacco');
		await launch(page, 'SACCO');
		await page.waitForURL((url) => url.origin === origins.sacco);
		// A deposit leaves the story's headline figures as other journeys expect them.
		await page.goto(`${origins.sacco}/savings`);
		const amount = 1_000 + Math.floor(Math.random() * 8_999);
		const shown = `KES ${amount.toLocaleString('en')}`;
		await page.getByLabel('Member').selectOption({ index: 1 });
		await page.getByLabel('Amount in shillings').fill(String(amount));
		await page.getByRole('button', { name: 'Save deposit' }).click();
		await page.getByRole('status').getByText(shown).waitFor();
		await expect
			.poll(
				async () => {
					await page.goto(portal.url);
					return page.locator('main').innerText();
				},
				{ timeout: 6_000 }
			)
			.toContain(`recorded a deposit of ${shown}`);
		expect(await page.locator('main').innerText()).toContain('Continue in Savings › Deposits');

		await page.goto(origins.sacco);
		await page.getByRole('button', { name: /Sign out/ }).click();
		await page.getByRole('heading', { name: 'Sign out of SACCO?' }).waitFor();
		if (javaScriptEnabled) expect(await findings(page)).toEqual([]);
		await page.getByRole('button', { name: 'Sign out everywhere' }).click();
		await page.waitForURL(`${origins.sacco}/signed-out`);
		await page.getByRole('heading', { name: 'Signed out', level: 1 }).waitFor();
		await page.goto('/');
		expect(new URL(page.url()).pathname).toBe('/login');
		await close();
	});
});

describe('a sample product', () => {
	it.each(['light', 'dark'] as const)(
		'stands on a phone and for a reader of the screen, %s',
		async (colorScheme) => {
			const { page, close } = await visit(browser, portal, 'wanjiku@mavuno.example', {
				colorScheme,
				viewport: { width: 320, height: 700 }
			});
			const pages = [
				`${origins.erp}/`,
				`${origins.erp}/stock`,
				`${origins.erp}/purchases/orders/PO-0101`,
				`${origins.erp}/exports`,
				`${origins.sacco}/members/1001`,
				`${origins.sacco}/loans/LN-0281`,
				`${origins.payroll}/leave`,
				`${origins.payroll}/pay-runs`
			];
			for (const address of pages) {
				const answer = await page.goto(address);
				expect(answer?.status(), address).toBe(200);
				expect(await findings(page), address).toEqual([]);
				const over = await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth
				);
				expect(over, address).toBe(0);
			}
			await close();
		}
	);

	it('shows a role what it may do and no more', async () => {
		const { page, close } = await visit(browser, portal, 'otieno@mavuno.example');
		await page.goto(`${origins.erp}/sales/invoices`);
		await page.getByRole('heading', { name: 'New invoice' }).waitFor();
		await page.goto(`${origins.erp}/stock`);
		expect(await page.getByRole('heading', { name: 'New item' }).count()).toBe(0);
		const refused = await page.goto(`${origins.erp}/exports`);
		expect(refused?.status()).toBe(403);
		expect(await page.locator('main').innerText()).toContain('You are Sales here');
		await close();
	});
});
