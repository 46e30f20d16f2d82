import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { evolve } from './setup/portal.ts';
import { sessionOf, visit, type Visitor } from './setup/visitor.ts';

const portal = inject('portal');
const here = '/console/products/payroll';
let browser: Browser;
beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

/** The section of the page with this heading. */
const panel = (page: Page, heading: string) =>
	page.getByRole('region', { name: heading, exact: true });

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('the vendor’s staff $how', ({ javaScriptEnabled }) => {
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
		await evolve(portal.dataDir, 'product', 'restore', 'payroll');
		expect(failures).toEqual([]);
	});

	it('say how a product stands, and that it works again', async () => {
		await page.goto('/console');
		await page.getByRole('link', { name: 'Products' }).first().click();
		await page.getByRole('link', { name: 'Payroll' }).click();
		const state = panel(page, 'How it stands');
		await state.getByText('Operational').waitFor();
		await state.getByLabel('What is wrong').selectOption('outage');
		await state.getByLabel('What people are told').fill('The pay run is late.');
		const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
		await state.getByLabel('Back by').fill(`${tomorrow}T18:30`);
		await state.getByRole('button', { name: 'Report it' }).click();
		await state.getByText('Saved.').waitFor();
		await state.getByText('Outage').waitFor();
		expect(await page.locator('h1 + *').innerText()).toBe('Outage');
		// What was said stands there to be changed.
		expect(await state.getByLabel('What people are told').inputValue()).toBe(
			'The pay run is late.'
		);
		expect(await state.getByLabel('Back by').inputValue()).toBe(`${tomorrow}T18:30`);
		await page.goto('/console/products');
		expect(await page.getByRole('row', { name: /Payroll/ }).innerText()).toContain('Outage');
		await page.goto(here);
		await state.getByRole('button', { name: 'It works again' }).click();
		await state.getByText('Operational').waitFor();
	});

	it('plan maintenance, see what is wrong beside the field, and call it off', async () => {
		await page.goto(here);
		const maintenance = panel(page, 'Planned maintenance');
		const year = new Date().getUTCFullYear() + (new Date().getUTCMonth() > 5 ? 1 : 0);
		const day = new Date().getUTCMonth() > 5 ? `${year}-02-10` : `${year}-08-10`;
		await maintenance.getByLabel('Begins').fill(`${day}T22:00`);
		await maintenance.getByLabel('Is over').fill(`${day}T21:00`);
		await maintenance.getByLabel('What people are told').fill('New tax tables.');
		await maintenance.getByRole('button', { name: 'Plan maintenance' }).click();
		await maintenance.getByText('It must be over after it begins.').first().waitFor();
		const until = maintenance.getByLabel('Is over');
		expect(await until.getAttribute('aria-invalid')).toBe('true');
		expect(await until.inputValue()).toBe(`${day}T21:00`);
		expect(await maintenance.getByLabel('What people are told').inputValue()).toBe(
			'New tax tables.'
		);

		await until.fill(`${day}T23:30`);
		await maintenance.getByRole('button', { name: 'Plan maintenance' }).click();
		const planned = maintenance.getByRole('listitem');
		await planned.getByText('22:00 – 23:30').waitFor();
		await planned.getByRole('button', { name: /^Call off/ }).click();
		await planned.waitFor({ state: 'detached' });
	});

	it('cannot register an address that stands for more than it says', async () => {
		await page.goto(here);
		const addresses = panel(page, 'Addresses');
		const field = addresses.getByLabel('Redirect addresses');
		const before = await field.inputValue();
		await field.fill(`${before}\nhttps://*.example/callback`);
		await addresses.getByRole('button', { name: 'Save changes' }).click();
		await addresses
			.getByText('Line 2: Write each address out: a * stands for nothing here.')
			.first()
			.waitFor();
		expect(await field.inputValue()).toContain('https://*.example/callback');
		await page.goto(here);
		expect(await field.inputValue()).toBe(before);
	});

	it('make an API key, which is shown once, and revoke it', async () => {
		await page.goto(here);
		const keys = panel(page, 'API keys');
		await keys.getByRole('button', { name: 'Make an API key' }).click();
		const made = await keys.getByRole('textbox', { name: 'API key' }).inputValue();
		expect(made).toMatch(/^evk_[\w-]{43}$/);
		await page.goto(here);
		expect(await page.content()).not.toContain(made);
		const row = keys.getByRole('listitem').filter({ hasText: made.slice(0, 8) });
		await row.getByRole('link', { name: /^Revoke/ }).click();
		await page
			.getByRole('dialog', { name: /^Revoke the key/ })
			.getByRole('button', { name: 'Revoke' })
			.click();
		await row.getByText('Revoked').waitFor();
		const refused = await fetch(`${portal.url}/api/v1/product`, {
			method: 'PUT',
			headers: { authorization: `Bearer ${made}`, 'content-type': 'application/json' },
			body: '{}'
		});
		expect(refused.status).toBe(401);
	});

	it('cannot add a product that is there already', async () => {
		await page.goto('/console/products');
		await page.getByRole('link', { name: 'Add a product' }).click();
		await page.getByLabel('Name', { exact: true }).fill('Payroll again');
		await page.getByLabel('Short name in addresses').fill('payroll');
		await page.getByRole('button', { name: 'Add a product' }).click();
		await page.getByText('There is a product with this slug already.').first().waitFor();
		expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Payroll again');
		await page.goto(here);
		expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Payroll');
	});
});

it('nobody but staff does any of it', async () => {
	const cookie = await sessionOf(portal, 'wanjiku@mavuno.example');
	for (const action of ['report', 'plan', 'addresses', 'renew', 'makeKey', 'revokeKey']) {
		const answer = await fetch(`${portal.url}${here}?/${action}`, {
			method: 'POST',
			redirect: 'manual',
			headers: { cookie, origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ state: 'outage' })
		});
		expect(answer.status, action).toBe(404);
		expect(await answer.text()).not.toContain('evk_');
	}
	expect(await evolve(portal.dataDir, 'product', 'list')).not.toContain('outage');
});
