import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { evolve } from './setup/portal.ts';
import { sessionOf, visit, type Visitor } from './setup/visitor.ts';

const portal = inject('portal');
let browser: Browser;
let mavuno = '';
beforeAll(async () => {
	browser = await launchBrowser();
	mavuno = /(biz_\S+)\s+Mavuno/.exec(await evolve(portal.dataDir, 'business', 'list'))?.[1] ?? '';
});
afterAll(() => browser.close());

const panel = (page: Page, heading: string) =>
	page.getByRole('region', { name: heading, exact: true });

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true, reference: 'FT-ONE' },
	{ how: 'without JavaScript', javaScriptEnabled: false, reference: 'FT-TWO' }
])('the vendor’s staff $how', ({ javaScriptEnabled, reference }) => {
	let staff: Visitor;
	let page: Page;
	const failures: string[] = [];
	beforeAll(async () => {
		staff = await visit(browser, portal, 'agent@lixnet.example', { javaScriptEnabled });
		page = staff.page;
		page.on('pageerror', (error) => failures.push(error.message));
	});
	afterAll(async () => {
		await staff.close();
		expect(failures).toEqual([]);
	});

	async function find(name: string): Promise<void> {
		await page.goto('/console');
		await page.getByLabel('Name', { exact: true }).fill(name);
		await page.getByRole('button', { name: 'Search' }).click();
		await page
			.getByRole('main')
			.getByRole('link', { name: new RegExp(name, 'i') })
			.click();
		await page.getByRole('heading', { level: 1, name: new RegExp(name, 'i') }).waitFor();
	}

	it('find customers by how they stand', async () => {
		await page.goto('/console/customers');
		await page.getByLabel('Which').selectOption('overdue');
		await page.getByRole('button', { name: 'Search' }).click();
		await page.getByRole('link', { name: /^Tana Growers/ }).waitFor();
		expect(await page.getByRole('link', { name: /^Juma/ }).count()).toBe(0);
	});

	it('see what one has and owes, and follow an invoice to every entry', async () => {
		await find('mavuno');
		const has = await panel(page, 'Subscriptions').innerText();
		for (const product of ['ERP System', 'SACCO', 'Payroll']) expect(has).toContain(product);
		await panel(page, 'Latest invoices')
			.getByRole('row', { name: /Paid/ })
			.first()
			.getByRole('link')
			.click();
		const ledger = panel(page, 'In the ledger');
		const said = await ledger.innerText();
		for (const account of ['Receivable', 'Revenue', 'VAT', 'Cash']) expect(said).toContain(account);
		await page.getByRole('link', { name: 'Statement' }).click();
		await page.getByText('Closing balance').waitFor();
	});

	it('look at what another plan would cost before they change anything', async () => {
		await find('mavuno');
		await panel(page, 'Subscriptions').getByRole('link', { name: 'ERP System' }).click();
		await page.getByLabel('Plan', { exact: true }).selectOption({ label: 'Starter' });
		await page.getByLabel('Takes effect').selectOption('period_end');
		await page.getByRole('button', { name: 'Show what it costs' }).click();
		await page.getByText(/^Starter from /).waitFor();
		expect(await page.getByRole('button', { name: 'Change it' }).count()).toBe(1);
	});

	it('record money that came, once, and the customer sees who did', async () => {
		await find('juma');
		await page.getByRole('link', { name: 'Money and starts' }).click();
		const form = panel(page, 'Record a payment');
		const record = async () => {
			await form.getByLabel('Amount').fill('1,250.50');
			await form.getByLabel('The bank’s reference').fill(reference);
			await form.getByRole('button', { name: 'Record the payment' }).click();
		};
		await record();
		await form.getByText(/^The payment is recorded/).waitFor();
		const asked = panel(page, 'Asked for lately');
		await asked.getByText(`Payment of KES 1250.50, ${reference}`).waitFor();
		expect(await panel(page, 'Payments').innerText()).toContain('KES 1,250.50 to credit');

		// The same money is not counted twice: the reason comes back, and what was typed.
		await record();
		await form.getByRole('alert').waitFor();
		expect(await form.getByLabel('Amount').inputValue()).toBe('1,250.50');
		expect(await panel(page, 'Asked for lately').getByText('Refused').count()).toBeGreaterThan(0);

		const juma = await sessionOf(portal, 'juma@new.example');
		await expect
			.poll(async () =>
				(await fetch(`${portal.url}/activity`, { headers: { cookie: juma } })).text()
			)
			.toMatch(/Brian Kiptoo[\s\S]*recorded a payment/);
	});

	it('end an invoice only when they have said how, why and that they are sure', async () => {
		const [drafted = ''] = (
			await evolve(
				portal.dataDir,
				...[
					'invoice',
					'draft',
					'--business',
					'Juma Hardware',
					'--line',
					'Sent by mistake: 1 x 500.00'
				]
			)
		).split(/\s/);
		const issued = await evolve(
			portal.dataDir,
			'invoice',
			'issue',
			drafted,
			'--business',
			'Juma Hardware'
		);
		const number = /INV-\S+/.exec(issued)?.[0] ?? '';
		await find('juma');
		await page.getByRole('link', { name: number }).first().click();
		const correct = panel(page, 'Correct it');
		const isOpen = async () => {
			await page.reload();
			return correct.getByRole('button', { name: 'End the invoice' }).count();
		};
		// Neither Enter in a field nor a form that leaves out the tick ends anything.
		await correct.getByLabel('Why it ends unpaid').fill('Sent by mistake');
		await correct.getByLabel('Why it ends unpaid').press('Enter');
		expect(await isOpen()).toBe(1);
		const answer = await page.request.post(`${page.url()}?/end`, {
			headers: { origin: portal.url },
			form: { kind: 'void', reason: 'Sent by mistake' }
		});
		expect(answer.status()).toBe(400);
		expect(await answer.text()).toContain('Tick that you are sure.');
		expect(await isOpen()).toBe(1);

		const end = async (how: string) => {
			await correct.getByLabel('How it ends').selectOption({ label: how });
			await correct.getByLabel('Why it ends unpaid').fill('Sent by mistake');
			await correct.getByLabel('Yes, end it. This cannot be taken back.').check();
			await correct.getByRole('button', { name: 'End the invoice' }).click();
		};
		// The control unit knows of it already.
		await end('Make it void');
		await page.getByRole('alert').getByText('This was not done').waitFor();
		expect(await correct.getByLabel('Why it ends unpaid').inputValue()).toBe('Sent by mistake');
		await end('Write it off');
		await page.getByText('What was left is written off.').waitFor();
		expect(await correct.getByRole('button', { name: 'End the invoice' }).count()).toBe(0);
	});

	it('are told why an invoice cannot be corrected so', async () => {
		await find('mavuno');
		await panel(page, 'Latest invoices')
			.getByRole('row', { name: /Paid/ })
			.first()
			.getByRole('link')
			.click();
		const correct = panel(page, 'Correct it');
		await correct.getByLabel('Give back (optional)').fill('99,999,999');
		await correct.getByLabel('Why, in words for the customer').fill('Too much');
		await correct.getByRole('button', { name: 'Issue a credit note' }).click();
		await page.getByRole('alert').getByText('This was not done').waitFor();
		expect(await correct.getByLabel('Give back (optional)').inputValue()).toBe('99,999,999');
	});
});

it('nobody but staff finds any of it', async () => {
	const cookie = await sessionOf(portal, 'wanjiku@mavuno.example');
	const here = `/console/customers/${mavuno}`;
	for (const address of [
		'/console',
		'/console/customers',
		here,
		`${here}/acts`,
		`${here}/invoices`
	])
		expect(
			(await fetch(portal.url + address, { headers: { cookie }, redirect: 'manual' })).status,
			address
		).toBe(404);
	for (const action of ['payment', 'start']) {
		const answer = await fetch(`${portal.url}${here}/acts?/${action}`, {
			method: 'POST',
			redirect: 'manual',
			headers: { cookie, origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ amount: '1000000', currency: 'KES', reference: 'MINE' })
		});
		expect(answer.status, action).toBe(404);
	}
	const agent = await sessionOf(portal, 'agent@lixnet.example');
	for (const nobody of ['biz_00000000000000000000000000', 'x'])
		expect(
			(
				await fetch(`${portal.url}/console/customers/${nobody}`, {
					headers: { cookie: agent },
					redirect: 'manual'
				})
			).status
		).toBe(404);
});
