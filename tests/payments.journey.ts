import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { readPdf } from './setup/pdf.ts';
import { evolve } from './setup/portal.ts';
import { sessionOf, visit } from './setup/visitor.ts';

const portal = inject('portal');
const owner = 'amina@pwani.example';
const business = 'Pwani Farmers Co-operative';
let browser: Browser;

beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

const run = (...args: string[]) => evolve(portal.dataDir, ...args);
const get = async (path: string, email = owner) =>
	fetch(portal.url + path, { headers: { cookie: await sessionOf(portal, email) } });
const today = new Date().toISOString().slice(0, 10);
const width = (page: Page) => page.evaluate('document.documentElement.scrollWidth');

/** So that all who look at the portal afterwards find it as it was. */
const payBack = (reference: string) =>
	run(
		...['payment', 'refund', '--business', business, '--amount', '150.00'],
		...['--reference', reference, '--paid-on', today, '--reason', 'Sent by mistake']
	);

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('money received, $how', ({ how, javaScriptEnabled }) => {
	const mark = javaScriptEnabled ? 'JS' : 'PLAIN';

	it('is receipted on page and paper, found, and kept as credit', async () => {
		const [receipt = ''] = (
			await run(
				...['payment', 'record', '--business', business, '--amount', '150.00', '--on-account'],
				...['--reference', `FT ${mark}`, '--received-on', today, '--payer', `Shamba ${how}`]
			)
		).split('\n');
		expect(receipt).toMatch(/^RCT-\d{4}-\d{4}$/);
		await expect(
			run(
				...['payment', 'record', '--business', business, '--amount', '150.00'],
				...['--reference', `ft${mark}`, '--received-on', today]
			)
		).rejects.toThrow(/was counted already/);

		const { page, close } = await visit(browser, portal, owner, {
			javaScriptEnabled,
			viewport: { width: 320, height: 700 }
		});
		await page.goto('/billing');
		await page.getByText('You have KES 150.00 in credit.').waitFor();
		await page.goto('/billing/statement');
		await page.getByText('You have KES 150.00 in credit.').waitFor();
		await page.goto('/billing/payments');
		await page.locator('.fold > summary').click();
		await page.getByLabel('Receipt or reference').fill(`FT ${mark}`);
		await page.getByRole('button', { name: 'Show', exact: true }).click();
		await page.waitForURL(/q=FT/);
		await page.getByText('1 payment', { exact: true }).waitFor();
		expect(await width(page)).toBe(320);
		const csv = await (await get(`/billing/payments.csv?q=FT+${mark}`)).text();
		expect(csv.trim().split('\r\n')).toHaveLength(2);
		expect(csv).toContain(`${receipt},${today},Bank transfer,FT ${mark},KES,150.00,,150.00,`);

		await page.getByRole('link', { name: receipt }).click();
		await page.getByRole('heading', { level: 1, name: `Receipt ${receipt}` }).waitFor();
		await page.getByText(`Shamba ${how}`).waitFor();
		expect(await width(page)).toBe(320);
		const wanted = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Download PDF' }).click();
		expect((await wanted).suggestedFilename()).toBe(`${receipt}.pdf`);
		for (const [language, word] of [
			['en', 'Receipt'],
			['sw', 'Stakabadhi']
		]) {
			const answer = await get(`/billing/payments/${receipt}/pdf?language=${language ?? ''}`);
			const { pages, tagged, title } = readPdf(new Uint8Array(await answer.arrayBuffer()));
			expect(tagged).toBe(true);
			expect(title).toBe(`${word ?? ''} ${receipt}`);
			expect(pages[0]).toContain('KES 150.00');
			expect(pages[0]).toContain(`FT ${mark}`);
		}
		expect((await get(`/billing/payments/${receipt}`, 'wanjiku@mavuno.example')).status).toBe(404);
		expect((await get('/billing/payments', 'otieno@mavuno.example')).status).toBe(403);
		await payBack(`OUT ${mark}`);
		await page.goto('/billing');
		expect(await page.getByText('in credit').count()).toBe(0);
		await close();
	});

	it('says where to pay to, as soon as the vendor has said it', async () => {
		const { page, close } = await visit(browser, portal, 'wanjiku@mavuno.example', {
			javaScriptEnabled,
			viewport: { width: 320, height: 700 }
		});
		// The story tells of one.
		await run('bank-account', 'remove', 'demo-kes');
		await page.goto('/billing');
		await page.getByRole('link', { name: 'Ask for the bank account' }).first().waitFor();
		await run(
			...['bank-account', 'save', 'test', '--bank', 'Test Bank', '--holder', 'Lixnet Ltd'],
			...['--number', '0110 2233 4455', '--currency', 'KES']
		);
		await page.goto('/billing');
		await page.getByText('0110 2233 4455').first().waitFor();
		expect(await page.getByRole('link', { name: 'Ask for the bank account' }).count()).toBe(0);
		expect(await width(page)).toBe(320);
		await run('bank-account', 'remove', 'test');
		await run(
			...['bank-account', 'save', 'demo-kes', '--bank', 'Demo Bank of Kenya'],
			...['--branch', 'Westlands', '--holder', 'Lixnet Ltd'],
			...['--number', '0100 4120 7788', '--currency', 'KES']
		);
		await close();
	});

	it('may be VAT that the customer withheld, once the vendor holds the certificate', async () => {
		const { page, close } = await visit(browser, portal, owner, {
			javaScriptEnabled,
			viewport: { width: 320, height: 700 }
		});
		await page.goto('/billing/invoices?sort=issued-up');
		const number = await page.getByRole('link', { name: /^INV-/ }).first().innerText();
		await page.goto(`/billing/invoices/${number}`);
		await page.getByRole('link', { name: 'I withheld VAT' }).click();
		await page.getByLabel('Number of the certificate').fill(`WHV ${mark}`);
		await page.getByLabel('Day of the certificate').fill(today);
		await page.getByLabel('Amount, KES').fill('many');
		await page.getByRole('button', { name: 'Tell us' }).click();
		await page.getByText('Write an amount such as 370.00.').first().waitFor();
		expect(await page.getByLabel('Number of the certificate').inputValue()).toBe(`WHV ${mark}`);
		await page.getByLabel('Amount, KES').fill('1.00');
		await page.getByRole('button', { name: 'Tell us' }).click();
		await page.getByText('We are looking at it').first().waitFor();
		expect(await width(page)).toBe(320);
		const claims = await run('payment', 'withholding', 'claims');
		const line = claims.split('\n').find((each) => each.includes(`WHV ${mark}`)) ?? '';
		expect(line).toContain(number);
		await run('payment', 'withholding', 'refuse', line.split(' ')[0] ?? '', '--reason', 'A test');
		await page.goto(`/billing/invoices/${number}/withholding`);
		await page.getByText('Not counted: A test').first().waitFor();
		await close();
	});
});

describe('after all of it', () => {
	it('the ledger agrees with every payment', async () => {
		expect(await run('ledger', 'verify')).toContain('Everything balances and agrees.');
	});
});
