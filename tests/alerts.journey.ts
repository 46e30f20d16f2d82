import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { createUser } from './setup/people.ts';
import { evolve } from './setup/portal.ts';
import { sessionOf, visit } from './setup/visitor.ts';
import { countRecords, postForm } from './setup/requests.ts';

const portal = inject('portal');
let browser: Browser;
let key: string;

beforeAll(async () => {
	browser = await launchBrowser();
	key =
		/evk_\S+/.exec(await evolve(portal.dataDir, 'key', 'create', '--product', 'erp'))?.[0] ?? '';
});
afterAll(() => browser.close());

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true, name: 'tausi' },
	{ how: 'without JavaScript', javaScriptEnabled: false, name: 'kanga' }
])('limits and alerts $how', ({ javaScriptEnabled, name }) => {
	// A business of its own, so that the story stays as other journeys know it.
	const owner = `zawadi@${name}.example`;
	const business = `${name} Traders`;
	let id: string;

	beforeAll(async () => {
		await createUser(portal, {
			email: owner,
			name: 'Zawadi Mwangi',
			role: 'owner',
			newBusiness: business
		});
		const start = ['--business', business, '--product', 'erp', '--plan', 'business'];
		await evolve(portal.dataDir, 'subscription', 'start', ...start);
		id =
			new RegExp(`(biz_\\S+)\\s+${business}`).exec(
				await evolve(portal.dataDir, 'business', 'list')
			)?.[1] ?? '';
	});

	it('an owner sets one, is told when use reaches it, and says what shall be done', async () => {
		const zawadi = await visit(browser, portal, owner, { javaScriptEnabled });
		const { page } = zawadi;
		await page.goto('/products/erp/settings');
		await page.getByRole('link', { name: 'All limits' }).click();
		await page.waitForURL('**/usage/alerts');
		await page.getByText('No limits set').waitFor();

		// Refused, with what was typed kept.
		await page.getByLabel('What is limited').selectOption({ label: 'ERP System: Records' });
		await page.getByLabel('Number', { exact: true }).fill('plenty');
		await page.getByLabel('Counted in').selectOption('day');
		await page.getByRole('radio', { name: 'Ask owners and admins what to do' }).check();
		await page.getByRole('button', { name: 'Set limit' }).click();
		await page.getByText('Write the limit as a number').first().waitFor();
		expect(await page.getByLabel('Number', { exact: true }).inputValue()).toBe('plenty');
		expect(await page.getByLabel('Counted in').inputValue()).toBe('day');
		await page.getByLabel('Number', { exact: true }).fill('1,000');
		await page.getByRole('button', { name: 'Set limit' }).click();
		await page.getByText('At 75% and 100% this tells owners and admins').waitFor();

		await countRecords(portal, key, id, 1_000);
		await expect
			.poll(
				async () => {
					await page.goto('/');
					return page.getByText('The limit for Records in ERP System is reached').count();
				},
				{ timeout: 10_000, interval: 500 }
			)
			.toBe(1);
		await page.getByRole('link', { name: 'Answer' }).click();
		await page.waitForURL('**/usage/alerts#questions');
		await page.getByText('Reached 100% on').waitFor();

		// Of another business none of this exists.
		const alert =
			(await page.locator('section:has(#questions) input[name=id]').first().inputValue()) ?? '';
		const amina = await sessionOf(portal, 'amina@pwani.example');
		const theirs = await fetch(`${portal.url}/usage/alerts`, { headers: { cookie: amina } });
		expect(await theirs.text()).not.toContain(alert);
		const answer = { id: alert, answer: 'left' };
		expect((await postForm(portal, '/usage/alerts?/answer', amina, answer)).status).toBe(404);
		await postForm(portal, '/usage/alerts?/unalert', amina, { id: alert });

		await page.getByRole('radio', { name: 'Raise the limit' }).check();
		await page.getByLabel('New limit').fill('900');
		await page.getByRole('button', { name: 'Answer' }).click();
		await page.getByText('Write a limit that is higher.').first().waitFor();
		await page.getByLabel('New limit').fill('5,000');
		await page.getByRole('button', { name: 'Answer' }).click();
		await page.getByText('Your answer is kept.').waitFor();
		await page.getByText('1,000 of 5,000, today').first().waitFor();
		await page.getByText('Raised by Zawadi Mwangi').first().waitFor();
		expect(await page.locator('#questions').count()).toBe(0);

		// Changed and removed; what it told stays.
		await page.getByText('Change', { exact: false }).locator('visible=true').first().click();
		await page.getByRole('button', { name: 'Remove limit' }).click();
		await page.getByText('No limits set').waitFor();
		expect(await page.locator('section:has(#history)').innerText()).toContain('removed');
		await page.goto('/notifications');
		await page.getByText('ERP System: your limit for Records is reached').first().waitFor();
		await zawadi.close();
	});
});
