import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { verifyWebhook, type WebhookMessage } from '#sdk';
import { launchBrowser } from './setup/browser.ts';
import { sessionOf, visit, type Visitor } from './setup/visitor.ts';

const portal = inject('portal');
const here = '/console/products/sacco/webhooks';
let browser: Browser;
let server: Server;
let url: string;
let received: { headers: Record<string, string | string[] | undefined>; body: string }[];
let statuses: number[];

beforeAll(async () => {
	browser = await launchBrowser();
	server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			received.push({ headers: request.headers, body });
			const status = statuses.shift() ?? 204;
			// Not to be tried again by the schedule before staff do.
			if (status === 500) response.setHeader('retry-after', '300');
			response.writeHead(status).end(status === 500 ? 'the <b>disk</b> is full' : '');
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
});
afterAll(async () => {
	await browser.close();
	server.close();
});

/** The section of the page with this heading. */
const panel = (page: Page, heading: string) =>
	page.getByRole('region', { name: heading, exact: true });
/** Looks again until it is there. */
async function seen(page: Page, words: string | RegExp): Promise<void> {
	await expect
		.poll(
			async () => {
				await page.reload();
				return page.locator('main').innerText();
			},
			{ timeout: 20_000, interval: 500 }
		)
		.toMatch(words);
}

describe.each([
	{ how: 'with JavaScript', javaScriptEnabled: true },
	{ how: 'without JavaScript', javaScriptEnabled: false }
])('the vendor’s staff $how', ({ javaScriptEnabled }) => {
	let staff: Visitor;
	let page: Page;
	let before: string;
	let secret: string;
	const failures: string[] = [];

	const saveAddress = async (address: string): Promise<void> => {
		await page.goto(here);
		const form = panel(page, 'Where it hears of changes');
		await form.getByLabel('Address').fill(address);
		await form.getByRole('button', { name: 'Save changes' }).click();
		await form.getByText('The address is saved.').waitFor();
	};

	beforeAll(async () => {
		[received, statuses] = [[], []];
		staff = await visit(browser, portal, 'agent@lixnet.example', { javaScriptEnabled });
		page = staff.page;
		page.on('pageerror', (error) => failures.push(error.message));
		await page.goto(here);
		before = await page.getByLabel('Address').inputValue();
	});
	afterAll(async () => {
		await saveAddress(before);
		await staff.close();
		expect(failures).toEqual([]);
	});

	it('give a product another address and another secret, shown once', async () => {
		await page.goto('/console/products/sacco');
		await page.getByRole('link', { name: 'Webhooks' }).click();
		const form = panel(page, 'Where it hears of changes');
		await form.getByLabel('Address').fill('https://user:word@sacco.example/');
		await form.getByRole('button', { name: 'Save changes' }).click();
		await form.getByText('Nothing is changed yet').waitFor();
		await saveAddress(url);
		await form.getByRole('link', { name: 'Make a new secret' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
		secret = await form.locator('textarea').inputValue();
		expect(secret).toMatch(/^whsec_/);
		await page.goto(here);
		expect(await page.content()).not.toContain(secret);
	});

	it('send a test that arrives signed, and see it delivered', async () => {
		await page.goto(here);
		const form = panel(page, 'Try it');
		await form.getByLabel('Business').selectOption({ label: 'Pwani Farmers Co-operative' });
		await form.getByRole('button', { name: 'Send a test' }).click();
		await form.getByText('The test is on its way.').waitFor();
		// Of messages that failed before this product had an address of ours, some may arrive as well.
		const ofPwani = () => received.find((each) => each.body.includes('Pwani'));
		await expect.poll(ofPwani, { timeout: 20_000 }).toBeTruthy();
		const { headers = {}, body = '' } = ofPwani() ?? {};
		const message: WebhookMessage = verifyWebhook(secret, headers, body);
		expect(message).toMatchObject({
			type: 'webhook.test',
			data: { business: { name: 'Pwani Farmers Co-operative' } }
		});
		await page.goto(`${here}?status=delivered`);
		await seen(page, /Test\s+webhook\.test/);
		expect(await page.getByRole('row', { name: /Pwani/ }).first().innerText()).toContain(
			'Delivered'
		);
	});

	it('see a try that failed with its answer, and send again', async () => {
		statuses = [500];
		await page.goto(here);
		await page.getByRole('button', { name: 'Send a test' }).click();
		await page.getByText('The test is on its way.').waitFor();
		await page.goto(`${here}?status=waiting`);
		await seen(page, /Answered 500/);
		const row = page.getByRole('row', { name: /Answered 500/ }).first();
		await row.getByRole('link').click();
		await page.waitForURL(/whm_/);
		const id = new URL(page.url()).pathname.split('/').at(-1);
		expect(await panel(page, 'Tries').innerText()).toContain('the <b>disk</b> is full');
		expect(await panel(page, 'What is sent').innerText()).toContain('"type": "webhook.test"');
		await page.getByRole('button', { name: 'Send again' }).click();
		await page.getByText('It is on its way.').waitFor();
		// On a slow machine the second try of its own comes in between.
		await seen(page, /By hand/);
		expect(await page.locator('h1 + *').innerText()).toBe('Delivered');
		const same = received.filter(({ headers }) => headers['webhook-id'] === id);
		expect(same.length).toBeGreaterThan(1);
		expect(new Set(same.map(({ body }) => body)).size).toBe(1);
	});

	it('find out why an address in a private network is not reached', async () => {
		await saveAddress('http://169.254.169.254/latest/meta-data');
		await page.getByRole('button', { name: 'Send a test' }).click();
		await page.getByText('The test is on its way.').waitFor();
		await page.goto(here);
		await seen(page, /private network \(169\.254\.169\.254\)/);
		await page.goto(`${here}?status=given_up`);
		await page.goto(`${here}?status=nonsense&before=nonsense`);
		expect(await page.locator('h1').innerText()).toBe('SACCO');
	});
});

it('nobody but staff does any of it', async () => {
	const cookie = await sessionOf(portal, 'wanjiku@mavuno.example');
	for (const action of ['address', 'renew', 'test']) {
		const answer = await fetch(`${portal.url}${here}?/${action}`, {
			method: 'POST',
			redirect: 'manual',
			headers: { cookie, origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ url })
		});
		expect(answer.status, action).toBe(404);
		expect(await answer.text()).not.toContain('whsec_');
	}
});
