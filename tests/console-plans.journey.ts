import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './setup/browser.ts';
import { sessionOf, visit, type Visitor } from './setup/visitor.ts';

const portal = inject('portal');
const plans = '/console/products/sacco/plans';
let browser: Browser;
beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(() => browser.close());

const panel = (page: Page, heading: string) =>
	page.getByRole('region', { name: heading, exact: true });

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true, slug: 'chama' },
	{ how: 'without JavaScript', javaScriptEnabled: false, slug: 'chama-plain' }
])('the vendor’s staff $how', ({ javaScriptEnabled, slug }) => {
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

	const tryIt = () =>
		panel(page, 'Try it').getByRole('button', { name: 'Show what it comes to' }).click();

	it('write a plan with tiers from nothing, are told what is wrong, and put it on offer', async () => {
		await page.goto(plans);
		await page.getByRole('link', { name: 'New plan' }).click();
		await page.getByLabel('Name', { exact: true }).fill(`Chama ${slug}`);
		await page.getByLabel('Short name in addresses').fill(slug);
		await page.getByLabel('Amount, KES', { exact: true }).fill('4,500');
		await page.getByRole('button', { name: 'Add a price' }).click();

		// What was typed is kept, and the new row stands open.
		const second = page.locator('#price-1');
		await second.getByLabel('What is asked, and how').selectOption('usage.graduated');
		expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe(`Chama ${slug}`);
		await second.getByLabel('Up to', { exact: true }).fill('1000');
		await second.getByLabel('For each').nth(0).fill('3');
		await second.getByLabel('For each').nth(1).fill('2.50');
		await second.getByRole('button', { name: 'Add a tier' }).click();
		await second.getByRole('group', { name: 'Tier 3' }).waitFor();
		const upTo = second.getByLabel('Up to', { exact: true }).nth(1);
		await upTo.fill('900');
		await second.getByLabel('For each').nth(2).fill('2');
		await tryIt();

		await page
			.getByRole('alert')
			.getByText(/overlaps the one before/)
			.waitFor();
		expect(await upTo.getAttribute('aria-invalid')).toBe('true');
		expect(await upTo.inputValue()).toBe('900');
		expect(await second.getByLabel('For each').nth(1).inputValue()).toBe('2.50');

		await upTo.fill('5000');
		await panel(page, 'Try it').getByRole('textbox').first().fill('6200');
		await tryIt();
		const outcome = page.locator('#tried');
		await outcome.waitFor();
		const said = await outcome.innerText();
		for (const words of ['KES 4,500.00', '1,000 × KES 3', '1,200 × KES 2', 'KES 23,084.00'])
			expect(said).toContain(words);

		await page.getByRole('button', { name: 'Save the version' }).click();
		await page.getByText('The version is saved.').waitFor();
		const plan = panel(page, `Chama ${slug}`);
		expect(await plan.innerText()).toContain('KES 3 each up to 1,000');
		expect(await plan.getByText('On offer', { exact: true }).count()).toBe(1);
	});

	it('change it in a draft, which is not on offer', async () => {
		await page.goto(plans);
		await page.getByRole('link', { name: `New version of Chama ${slug}` }).click();
		await page.getByLabel('Downgrade').selectOption('at_once');
		await page.getByLabel('Then it is').selectOption('draft');
		await page.getByLabel('Note').fill('To be talked about');
		await page.getByRole('button', { name: 'Save the version' }).click();
		const plan = panel(page, `Chama ${slug}`);
		await plan.getByText('Draft', { exact: true }).waitFor();
		expect(await plan.innerText()).toContain('Downgrade: at the period’s end becomes at once');
		await plan.getByRole('button', { name: `Retire Chama ${slug}` }).click();
		await page.getByText('The plan is retired. Who has it keeps it.').waitFor();
	});

	it('make a coupon, find it, and end it', async () => {
		await page.goto('/console/coupons');
		await page.getByRole('link', { name: 'New coupon' }).click();
		await page.getByLabel('Name').fill(`Harvest ${slug}`);
		await page.getByRole('button', { name: 'Make a code' }).click();
		await expect
			.poll(() => page.getByLabel('Code', { exact: true }).inputValue())
			.toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
		const code = await page.getByLabel('Code', { exact: true }).inputValue();
		await page.getByLabel('Per cent').fill('15');
		await page.getByLabel('For how long').selectOption('periods');
		await page.getByRole('button', { name: 'Make the coupon' }).click();
		await page.getByRole('alert').getByText('Write a number.').waitFor();
		expect(await page.getByLabel('Code', { exact: true }).inputValue()).toBe(code);
		await page.getByLabel('How many periods').fill('3');
		await page.getByLabel('Uses in all').fill('100');
		await page.getByLabel('Union').check();
		await page.getByRole('button', { name: 'Make the coupon' }).click();
		await page.getByText(`The coupon ${code} is made.`).waitFor();

		await page.goto('/console/coupons');
		await page.getByLabel('Code or name').fill(`harvest ${slug}`);
		await page.getByRole('button', { name: 'Search' }).click();
		const row = page.getByRole('row', { name: new RegExp(code) });
		expect(await row.innerText()).toContain('15% off, for 3 periods');
		expect(await row.innerText()).toContain('0 of 100');
		await row.getByRole('link', { name: code }).click();
		await page.getByText('SACCO Union').waitFor();
		await page.getByRole('link', { name: 'End it' }).click();
		await page
			.getByRole('dialog', { name: `End the coupon ${code}?` })
			.getByRole('button', { name: 'End it' })
			.click();
		await page.getByText('The coupon is ended.').waitFor();
		expect(await page.locator('h1 + *').innerText()).toBe('Ended');
	});
});

it('nobody but staff finds any of it', async () => {
	const cookie = await sessionOf(portal, 'wanjiku@mavuno.example');
	for (const address of [
		plans,
		`${plans}/version`,
		'/console/coupons',
		'/console/coupons/new',
		'/console/coupons/NONE'
	]) {
		const answer = await fetch(portal.url + address, { headers: { cookie }, redirect: 'manual' });
		expect(answer.status, address).toBe(404);
	}
	for (const [address, action] of [
		[`${plans}/version`, 'save'],
		[`${plans}/version`, 'rows'],
		[`${plans}/version`, 'try'],
		['/console/coupons/new', 'save'],
		['/console/coupons/new', 'code']
	] as const) {
		const answer = await fetch(`${portal.url}${address}?/${action}`, {
			method: 'POST',
			redirect: 'manual',
			headers: { cookie, origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ name: 'Mine', percent: '100' })
		});
		expect(answer.status, `${address} ${action}`).toBe(404);
	}
});
