import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { sessionOf, visit } from './setup/visitor.ts';

const portal = inject('portal');
const owner = 'wanjiku@mavuno.example';
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

const phone = { javaScriptEnabled: false, viewport: { width: 320, height: 700 } };
const amountsIn = (text: string) =>
	(text.match(/[\d,]+\.\d\d/g) ?? []).map((amount) => Number(amount.replaceAll(',', '')));

describe('a line of a bill', () => {
	it('opens to its days, and they to their events, which come to what is on the line', async () => {
		const { page, close } = await visit(browser, portal, owner, phone);
		await page.goto('/billing');
		await page.getByRole('link', { name: 'SMS', exact: true }).click();
		await page.getByRole('heading', { level: 1, name: 'SMS, SACCO' }).waitFor();
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
		const counted = await page.locator('section:has(#made) tbody tr').first().innerText();
		const total = Number(/([\d,]+)\s*$/.exec(counted.trim())?.[1]?.replaceAll(',', ''));
		expect(total).toBeGreaterThan(0);
		const days = page.locator('section:has(#days) tbody tr');
		let sum = 0;
		for (const row of await days.all()) {
			const [, value = ''] = (await row.locator('th, td').allInnerTexts()) as string[];
			sum += Number(value.replaceAll(/[^\d.]/g, '') || 0);
		}
		expect(sum).toBe(total);

		const busy = days.filter({ hasText: /\b[1-9]\d{2,}\b/ }).first();
		const cells = await busy.locator('th, td').allInnerTexts();
		const ofDay = Number((cells[1] ?? '').replaceAll(/[^\d.]/g, ''));
		await busy.getByRole('link').click();
		await page.waitForURL(/day=/);
		const values = await page.locator('section:has(#events) li b').allInnerTexts();
		expect(values.reduce((all, value) => all + Number(value.replaceAll(',', '')), 0)).toBe(ofDay);
		await close();
	});

	it('is found from the invoice, says how its amount came about, and is taken along', async () => {
		const { page, close } = await visit(browser, portal, owner, phone);
		await page.goto('/billing/invoices/INV-2026-0387');
		await page.getByRole('link', { name: 'M-Pesa collections' }).click();
		await page.getByRole('heading', { level: 1, name: 'M-Pesa collections' }).waitFor();
		const made = await page.locator('section:has(#made)').innerText();
		expect(made).toMatch(/1,322 at 3\.00/);
		expect(amountsIn(made).at(-1)).toBe(3966);
		const cookie = await sessionOf(portal, owner);
		const csv = await (await fetch(`${page.url()}/events.csv`, { headers: { cookie } })).text();
		const [head = '', ...rows] = csv.trim().split('\r\n');
		expect(head).toContain('Time,Value,Branch,Event');
		expect(rows.reduce((sum, row) => sum + Number(row.split(',')[1]), 0)).toBe(1322);
		await close();
	});

	it('is nobody’s who may not see bills', async () => {
		const cookie = await sessionOf(portal, 'otieno@mavuno.example');
		for (const path of [
			'/billing/invoices/INV-2026-0387/lines/3',
			'/billing/invoices/INV-2026-0387/lines/3/events.csv',
			'/billing/usage/sacco/sms/events.csv',
			'/billing/settings',
			'/billing/simulator'
		])
			expect((await fetch(portal.url + path, { headers: { cookie } })).status, path).toBe(403);
	});
});

describe('the price simulator', () => {
	it('holds real months against another plan, and takes other quantities', async () => {
		const { page, close } = await visit(browser, portal, owner, phone);
		await page.goto('/billing/simulator?product=sacco');
		const result = page.locator('section:has(#result)');
		const before = amountsIn(await result.locator('tbody tr', { hasText: 'Total' }).innerText());
		await page.locator('summary', { hasText: 'Type other quantities' }).click();
		await page.locator('input[name^="q.sms."]').first().fill('100,000');
		await page.getByRole('button', { name: 'Show what it costs' }).click();
		await page.waitForURL(/q\.sms/);
		const after = amountsIn(await result.locator('tbody tr', { hasText: 'Total' }).innerText());
		expect(after[0]).toBeGreaterThan(before[0] ?? 0);
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);

		await page.locator('input[name^="q.sms."]').first().fill('many');
		await page.getByRole('button', { name: 'Show what it costs' }).click();
		await page.getByText('SMS: write a number such as 7,240.').first().waitFor();
		expect(await page.locator('input[name^="q.sms."]').first().inputValue()).toBe('many');
		await close();
	});
});

describe('billing settings', () => {
	it('add a contact, who is told by mail and ends it by the link in it', async () => {
		const { page, close } = await visit(browser, portal, owner, phone);
		await page.goto('/billing/settings');
		const contacts = page.locator('section:has(#contacts)');
		await contacts.getByLabel('Name').last().fill('Otieno & Co');
		await contacts.getByLabel('E-mail address').fill('books@otieno.example');
		await contacts.getByRole('button', { name: 'Add contact' }).click();
		await page.getByText('Added. A mail has told them').waitFor();
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);

		await page.goto('/outbox');
		await page.getByText('You will get billing papers of Mavuno Traders Ltd').first().waitFor();
		const [, link = ''] =
			/\/(paper-mail\/[\w.-]+)/.exec(await page.locator('main').innerText()) ?? [];
		await page.goto(`/${link}`);
		await page.getByRole('button', { name: 'End these mails' }).click();
		await page.getByRole('heading', { name: 'No mails come to you' }).waitFor();
		await page.goto('/billing/settings');
		expect(await contacts.innerText()).not.toContain('books@otieno.example');
		await close();
	});

	it('set a limit of spending that is seen on the overview, and take it away', async () => {
		const { page, close } = await visit(browser, portal, owner, phone);
		await page.goto('/billing/settings');
		await page.locator('#spend-limit').fill('a lot');
		await page.getByRole('button', { name: 'Set limit' }).click();
		await page.getByText('Write the limit as a number').first().waitFor();
		expect(await page.locator('#spend-limit').inputValue()).toBe('a lot');
		await page.locator('#spend-limit').fill('900,000');
		await page.getByRole('button', { name: 'Set limit' }).click();
		await page.getByText('The limit holds from now on.').waitFor();
		await page.goto('/billing');
		await page.getByText('of KES 900,000.00').first().waitFor();
		await page.goto('/billing/settings');
		await page
			.getByRole('button', { name: /Remove limit/ })
			.first()
			.click();
		await page.getByText('The limit is gone.').waitFor();
		await close();
	});
});
