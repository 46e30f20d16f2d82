import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { readPdf } from './setup/pdf.ts';
import { sessionOf, visit } from './setup/visitor.ts';

const portal = inject('portal');
const owner = 'wanjiku@mavuno.example';
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

const get = async (path: string, email = owner) =>
	fetch(portal.url + path, { headers: { cookie: await sessionOf(portal, email) } });
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('invoices $how', ({ javaScriptEnabled }) => {
	it('are found in the list, opened, and taken along on paper that says the same', async () => {
		const { page, close } = await visit(browser, portal, owner, {
			javaScriptEnabled,
			viewport: { width: 320, height: 700 }
		});
		await page.goto('/billing/invoices');
		await page.locator('.fold > summary').click();
		await page.getByLabel('Status', { exact: true }).selectOption({ label: 'Paid' });
		await page.getByRole('button', { name: 'Show', exact: true }).click();
		await page.waitForURL(/status=paid/);
		const links = page.getByRole('link', { name: /^INV-/ });
		await links.first().waitFor();
		expect(await page.getByRole('table').innerText()).not.toMatch(/Overdue|Due in/);
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);

		const number = await links.first().innerText();
		await links.first().click();
		await page.getByRole('heading', { level: 1, name: `Invoice ${number}` }).waitFor();
		const wanted = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Download PDF' }).click();
		const taken = await wanted;
		expect(taken.suggestedFilename()).toBe(`${number}.pdf`);
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);

		const answer = await get(`/billing/invoices/${number}/pdf`);
		expect(answer.headers.get('content-type')).toBe('application/pdf');
		expect(answer.headers.get('cache-control')).toBe('no-store');
		const { pages, tagged, language } = readPdf(await bytesOf(answer));
		expect(tagged).toBe(true);
		expect(language).toBe('en-KE');
		expect(pages.join('')).toContain(number);
		const told = await page.locator('.paper').innerText();
		const amounts = told.match(/[\d,]+\.\d\d/g) ?? [];
		expect(amounts.length).toBeGreaterThan(4);
		for (const amount of amounts) expect(pages.join('')).toContain(amount);
		await close();
	});

	it('say in words what the address asks for in vain', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/billing/invoices?least=many&from=2026-02-30&status=lost');
		await page.getByText('Write an amount such as 12500.').waitFor();
		await page.getByText('Choose one from the list.').waitFor();
		expect(await page.getByLabel(/^From KES/).inputValue()).toBe('many');
		await page.goto('/billing/invoices?q=none');
		await page.getByText('No invoices for this choice').waitFor();
		await page.getByRole('link', { name: 'Show all' }).first().click();
		await page.waitForURL(/\/billing\/invoices$/);
		await close();
	});
});

it('a statement of account is taken along as PDF, in both languages', async () => {
	for (const [query, title] of [
		['', 'Statement of account, Mavuno Traders Ltd'],
		['?language=sw', 'Taarifa ya akaunti, Mavuno Traders Ltd']
	]) {
		const answer = await get(`/billing/statement/statement.pdf${query ?? ''}`);
		expect(answer.headers.get('content-type')).toBe('application/pdf');
		const { tagged, pages, ...told } = readPdf(await bytesOf(answer));
		expect(tagged).toBe(true);
		expect(told.title).toContain(title);
		expect(pages[0]).toContain('Lixnet Ltd');
	}
});

describe('invoices', () => {
	it('come in Swahili when asked for, as lines, as a list, and all at once', async () => {
		const list = (await (await get('/billing/invoices.csv?status=paid&sort=amount')).text()).split(
			'\r\n'
		);
		const numbers = list.slice(1, -1).map((row) => row.split(',')[0] ?? '');
		expect(numbers.length).toBeGreaterThan(0);
		const amounts = list.slice(1, -1).map((row) => Number(row.split(',')[5]));
		expect(amounts).toEqual(amounts.toSorted((one, other) => other - one));

		const [number = ''] = numbers;
		const swahili = await get(`/billing/invoices/${number}/pdf?language=sw`);
		expect(readPdf(await bytesOf(swahili)).pages[0]).toContain('Ankara ya kodi');
		const lines = await (await get(`/billing/invoices/${number}/csv`)).text();
		expect(lines.split('\r\n').length).toBeGreaterThan(4);

		const archive = await get('/billing/invoices.zip?status=paid');
		expect(archive.headers.get('content-type')).toBe('application/zip');
		const files = unzipSync(await bytesOf(archive));
		expect(Object.keys(files).toSorted()).toEqual(numbers.map((one) => `${one}.pdf`).toSorted());
		for (const [name, bytes] of Object.entries(files))
			expect(readPdf(bytes).title).toBe(`Invoice ${name.replace('.pdf', '')}`);
	});

	it('are for those who see money', async () => {
		for (const path of ['/billing/invoices.csv', '/billing/invoices.zip'])
			expect((await get(path, 'otieno@mavuno.example')).status).toBe(403);
	});
});
