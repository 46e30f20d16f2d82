import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { createUser } from './setup/people.ts';
import { evolve } from './setup/portal.ts';
import { sessionOf, visit } from './setup/visitor.ts';
import { countRecords } from './setup/requests.ts';

const portal = inject('portal');
let browser: Browser;
let key: string;

const allow = (mode: string) =>
	evolve(portal.dataDir, 'product', 'save', '--slug', 'erp', '--usage-suspension', mode);

beforeAll(async () => {
	browser = await launchBrowser();
	key =
		/evk_\S+/.exec(await evolve(portal.dataDir, 'key', 'create', '--product', 'erp'))?.[0] ?? '';
});
afterAll(async () => {
	await allow('as_suspended');
	await browser.close();
});

/** Looks at a page anew until it says something: within the ten seconds that a limit may take. */
async function until(page: Page, path: string, words: string): Promise<void> {
	await expect
		.poll(
			async () => {
				await page.goto(path);
				return page.getByText(words).count();
			},
			{ timeout: 10_000, interval: 500 }
		)
		.toBeGreaterThan(0);
}

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true, name: 'korongo' },
	{ how: 'without JavaScript', javaScriptEnabled: false, name: 'heroe' }
])('a limit that suspends $how', ({ javaScriptEnabled, name }) => {
	// A business of its own, so that the story stays as other journeys know it.
	const owner = `zuhura@${name}.example`;
	const member = `juma@${name}.example`;
	const business = `${name} Traders`;
	let id: string;

	beforeAll(async () => {
		await createUser(portal, {
			email: owner,
			name: 'Zuhura Mwangi',
			role: 'owner',
			newBusiness: business
		});
		await createUser(portal, { email: member, name: 'Juma Otieno', role: 'member', business });
		const start = ['--business', business, '--product', 'erp', '--plan', 'business'];
		await evolve(portal.dataDir, 'subscription', 'start', ...start);
		id =
			new RegExp(`(biz_\\S+)\\s+${business}`).exec(
				await evolve(portal.dataDir, 'business', 'list')
			)?.[1] ?? '';
	});

	it('is set where the vendor allows it, reached, seen by everybody concerned, and lifted', async () => {
		const zuhura = await visit(browser, portal, owner, { javaScriptEnabled });
		const juma = await visit(browser, portal, member, { javaScriptEnabled });
		const { page } = zuhura;
		await page.goto('/products/erp/settings');
		await page.getByLabel('Person').selectOption({ label: 'Juma Otieno' });
		await page.getByRole('button', { name: 'Give access' }).click();
		await page.getByText('Juma Otieno').first().waitFor();

		// Not offered where the vendor does not allow it.
		await allow('off');
		await page.goto('/usage/alerts');
		await page.getByText('Ask owners and admins what to do').waitFor();
		const choice = page.getByRole('radio', { name: 'Suspend the product for everybody' });
		expect(await choice.count()).toBe(0);
		await allow('closed');
		await until(page, '/usage/alerts', 'ERP System: nobody can open it.');
		await page.getByLabel('What is limited').selectOption({ label: 'ERP System: Records' });
		await page.getByLabel('Number', { exact: true }).fill('1,000');
		await choice.check();
		await page.getByRole('button', { name: 'Set limit' }).click();
		await page.getByText('At 100% it suspends ERP System.').waitFor();

		await countRecords(portal, key, id, 1_000);
		await until(page, '/products/erp', 'ERP System is closed for everybody in your business');
		await page.getByText('Your limit of 1,000 for Records was reached on').waitFor();

		// Whoever works with it sees why, and whom to ask.
		await juma.page.goto('/');
		await juma.page.getByText('Ask Zuhura Mwangi to open it').waitFor();
		await juma.page.goto('/products/erp');
		await juma.page.getByText('Zuhura Mwangi can open it before that.').waitFor();
		expect(await juma.page.getByRole('button', { name: 'Open ERP System again' }).count()).toBe(0);
		const refused = await juma.page.goto('/launch/erp');
		expect(refused?.status()).toBe(403);
		await juma.page.getByText('because a limit that your business set is reached').waitFor();
		await until(juma.page, '/notifications', 'is suspended: your limit for Records is reached');

		// Read-only, it opens, and says so before.
		await allow('read_only');
		await until(
			juma.page,
			'/launch/erp',
			'You can read everything in ERP System and change nothing'
		);

		// Neither a member nor another business lifts it.
		for (const email of [member, 'amina@pwani.example'])
			await fetch(`${portal.url}/products/erp?/lift`, {
				method: 'POST',
				redirect: 'manual',
				headers: {
					cookie: await sessionOf(portal, email),
					origin: portal.url,
					accept: 'text/html',
					'content-type': 'application/x-www-form-urlencoded'
				}
			});
		await until(page, '/', 'Read-only: limit reached');
		await page.getByRole('link', { name: 'Open it again' }).click();
		await page.waitForURL('**/products/erp#suspended');
		await page.getByText('ERP System is read-only for everybody in your business').waitFor();
		await page.getByRole('button', { name: 'Open ERP System again' }).click();
		await page.getByText('ERP System is open again for everybody.').waitFor();
		expect(await page.locator('#suspended').count()).toBe(0);

		// More use does not bring it back, and the log tells who did what.
		await countRecords(portal, key, id, 2_000);
		await juma.page.goto('/');
		await juma.page.getByRole('button', { name: 'Launch ERP System' }).waitFor();
		await until(juma.page, '/notifications', 'ERP System is open again');
		await until(page, '/activity?field=limits', 'opened ERP System again');
		const entry = (what: string) => page.getByRole('link', { name: what });
		await entry('Zuhura Mwangi set a limit for Records that suspends ERP System').waitFor();
		await entry('ERP System was closed, since the limit for Records is reached').waitFor();
		await zuhura.close();
		await juma.close();
	});
});
