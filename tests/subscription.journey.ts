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

const statusOf = async (path: string, email: string) =>
	(
		await fetch(portal.url + path, {
			headers: { cookie: await sessionOf(portal, email), accept: 'text/html' }
		})
	).status;

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('a subscription $how', ({ javaScriptEnabled }) => {
	it('shows what a change costs, is planned to change, and that is taken back', async () => {
		const { page, close } = await visit(browser, portal, owner, {
			javaScriptEnabled,
			viewport: { width: 320, height: 700 }
		});
		await page.goto('/billing');
		await page.getByRole('link', { name: 'SACCO', exact: true }).last().click();
		await page.getByRole('heading', { level: 1, name: 'SACCO subscription' }).waitFor();
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);

		await page.getByRole('link', { name: 'See what it costs: Union' }).click();
		await page.getByRole('heading', { name: 'Union instead of Growth' }).waitFor();
		const told = await page.locator('main').innerText();
		expect(told).toContain('Unused: SACCO');
		expect(told).toContain('To pay for the change');
		expect(told).toContain('Next bill');
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
		await page.getByRole('link', { name: 'Not now' }).click();

		await page.goto('/billing/subscriptions/erp/change?plan=starter');
		await page.getByRole('button', { name: 'Plan the change' }).click();
		await page.getByText('your plan is Starter').waitFor();
		await page.getByRole('button', { name: 'Take back' }).click();
		await page.getByText('Taken back. It stays as it is.').waitFor();
		expect(await page.getByText('your plan is Starter').count()).toBe(0);
		await close();
	});

	it('is cancelled with a reason, and kept', async () => {
		const { page, close } = await visit(browser, portal, owner, { javaScriptEnabled });
		await page.goto('/billing/subscriptions/erp');
		await page.getByRole('link', { name: 'Cancel subscription' }).click();
		await page.getByRole('button', { name: 'Cancel subscription' }).click();
		await page.getByText('Tell us why.').first().waitFor();
		await page.getByLabel('Why do you leave?').selectOption({ label: 'We use something else' });
		await page.getByRole('button', { name: 'Cancel subscription' }).click();
		await page.getByText(/This subscription ends on/).waitFor();
		expect(await page.locator('main').innerText()).toContain('We use something else');
		await page.getByRole('button', { name: 'Keep it' }).click();
		await page.getByText('Good to have you.').waitFor();
		expect(await page.getByText(/This subscription ends on/).count()).toBe(0);
		await close();
	});
});

it('is nobody else’s to see or to change', async () => {
	// Pwani has SACCO by itself, and no ERP.
	expect(await statusOf('/billing/subscriptions/erp', 'amina@pwani.example')).toBe(404);
	expect(await statusOf('/billing/subscriptions/sacco', 'amina@pwani.example')).toBe(200);
	// Who does not see money does not see what it costs.
	expect(await statusOf('/billing/subscriptions/sacco', 'otieno@mavuno.example')).toBe(403);
	expect(await statusOf('/billing/subscriptions/sacco/cancel', 'otieno@mavuno.example')).toBe(403);
});
