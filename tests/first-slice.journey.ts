import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { evolve } from './setup/portal.ts';
import { visit } from './setup/visitor.ts';

const portal = inject('portal');
let browser: Browser;
let key: string;
let business: string;

beforeAll(async () => {
	browser = await launchBrowser();
	key =
		/evk_\S+/.exec(await evolve(portal.dataDir, 'key', 'create', '--product', 'erp'))?.[0] ?? '';
	business = await idOf('Mavuno Traders Ltd');
});
afterAll(() => browser.close());

/** The id of a business as the portal tells its owner. */
async function idOf(name: string): Promise<string> {
	const found = new RegExp(`(biz_\\S+)\\s+${name}`).exec(
		await evolve(portal.dataDir, 'business', 'list')
	)?.[1];
	if (!found) throw new Error(`There is no business ${name}.`);
	return found;
}

let sent = 0;
async function countRecords(count: number): Promise<void> {
	const answer = await fetch(`${portal.url}/api/v1/events`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents+json' },
		body: JSON.stringify({
			specversion: '1.0',
			id: `journey-${(sent += 1)}-${Date.now()}`,
			source: '/journey',
			type: 'com.lixnet.erp.records.counted',
			subject: business,
			time: new Date().toISOString(),
			data: { count }
		})
	});
	expect(await answer.json()).toMatchObject({ received: 1, new: 1, known: 0 });
}

const slugs: Record<string, string> = { 'ERP System': 'erp', SACCO: 'sacco', Payroll: 'payroll' };
const card = (page: Page, product: string) => page.locator(`#product-${slugs[product] ?? ''}`);

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('the first slice $how', ({ javaScriptEnabled }) => {
	it('sign in, see the numbers, see one change, launch, be at the last place, sign out everywhere', async () => {
		const { page, context, close } = await visit(browser, portal, 'wanjiku@mavuno.example', {
			javaScriptEnabled
		});
		const failures: string[] = [];
		page.on('pageerror', (error) => failures.push(error.message));
		page.on('console', (message) => {
			if (message.type() === 'error') failures.push(message.text());
		});

		// The numbers of the story.
		await expect.poll(() => page.title()).toContain('Business dashboard');
		await card(page, 'ERP System').waitFor();
		const text = await page.locator('main').innerText();
		for (const figure of ['34', '2.1 GB', '138', '12.5%', '89', '48,7'])
			expect(text.replaceAll('\u00a0', ' ')).toContain(figure);
		expect(await card(page, 'SACCO').innerText()).toMatch(/Members\s+89/);
		expect(await card(page, 'Payroll').innerText()).toMatch(/Employees\s+34/);

		// An event through the API changes one: live with JavaScript, on reload without.
		const count = 4_000 + Math.floor(Math.random() * 900);
		const shown = count.toLocaleString('en');
		await countRecords(count);
		if (javaScriptEnabled) {
			await card(page, 'ERP System').getByText(shown).waitFor({ timeout: 2_000 });
		} else {
			expect(await card(page, 'ERP System').innerText()).not.toContain(shown);
			await page.reload();
			expect(await card(page, 'ERP System').innerText()).toContain(shown);
		}

		// One click, and signed in at the place where she last was.
		const [label = ''] =
			/Continue in ([^\n]+)/.exec(await card(page, 'ERP System').innerText())?.slice(1) ?? [];
		expect(label).toMatch(/›/);
		await card(page, 'ERP System').getByRole('button', { name: 'Launch ERP System' }).click();
		await page.waitForURL(
			(url) =>
				url.port === String(portal.port + 1) &&
				!url.pathname.startsWith('/login') &&
				!url.pathname.startsWith('/callback')
		);
		expect(await page.locator('body').innerText()).toContain('Wanjiku');
		expect(await page.locator('body').innerText()).toContain(label.split('›').at(-1)?.trim());
		const place = page.url();

		// Signing out of the portal ends the product's session, without the product being asked.
		await page.goto(`${portal.url}/logout`);
		await page
			.locator('main button[type=submit], form[method=post] button[type=submit]')
			.first()
			.click();
		// The page on which products are told by the browser too.
		await page.waitForURL(/\/oidc\/signed-out\//);
		await page.getByRole('link', { name: 'Sign in again' }).click();
		await page.waitForURL(/\/login/);
		await expect
			.poll(
				async () => {
					const answer = await context.request.get(place, { maxRedirects: 0 });
					return answer.status() >= 300 || !(await answer.text()).includes('Wanjiku');
				},
				{ timeout: 15_000, interval: 250 }
			)
			.toBe(true);
		expect(failures).toEqual([]);
		await close();
	});
});

describe('somebody without access', () => {
	it('cannot launch the product, nor sign in from its side', async () => {
		const { page, close } = await visit(browser, portal, 'otieno@mavuno.example');
		await card(page, 'Payroll').waitFor();
		expect(await card(page, 'Payroll').locator('form[action^="/launch"]').count()).toBe(0);
		const direct = await page.request.post(`${portal.url}/launch/payroll`, {
			maxRedirects: 0,
			headers: { origin: portal.url },
			form: {}
		});
		expect(direct.status()).toBe(403);

		await page.goto(`http://localhost:${portal.port + 3}/`);
		await page.waitForLoadState();
		const body = await page.locator('body').innerText();
		expect(body).not.toContain('Otieno');
		expect(new URL(page.url()).port === String(portal.port) || /access/i.test(body)).toBe(true);
		await close();
	});
});
